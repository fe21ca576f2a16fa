"""
Proof of who acts, inside a run (IDENTITY-3): an update is refused without one where people sign in, a signal is judged.

An update is judged in its validator, which a replay does not run: keys and clocks of that day are asked once. A signal
has no validator, so a local activity judges it, and the history keeps the verdict. Both read the door from what the
history has, so a replay finds the same, whatever the keys are by then.
"""

from collections.abc import Callable, Container, Iterable
from contextvars import ContextVar
from typing import Protocol, TypeVar

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.kernel.proof import Door, Message, Proof, ProofCheck, Verdict, digest_of, mover_of
from escalation.kernel.values import from_json
from workflows.inputs import takes_one
from workflows.look_ups import look_up


class Proofs(Protocol):
    """Signs messages and judges them; knows the keys."""

    def sign(self, message: Message) -> Proof | None:
        """
        Return the proof of whoever acts here; None, if nobody does.

        Raises:
            NotProven: If *message* is somebody else's.
        """

    def new_id(self) -> str:
        """Return an id for a message that has none."""

    def judge_apart(self, asked: ProofCheck) -> Door | None:
        """
        Return the door that a message came in by; None, if nobody vouches for it, and nobody needs to. Judged in
        another thread.

        Raises:
            NotProven: If its proof is missing where it is needed, or not good.
        """


class _HasValidator(Protocol):
    def validator(self, checks: Callable[..., None]) -> Callable[..., None]: ...


# A class only so that `self` needs no annotation, which the SDK would compare.
class _Unread:
    @takes_one
    def validate(self, *_raws: RawValue) -> None:
        """Leave the arguments to the handler: the plugin asks for the proof."""


_Update = TypeVar("_Update", bound=_HasValidator)

JUDGE = "proofs.judge"
"""The function of the worker that the sandbox lets a validator call."""
_SIGNAL: ContextVar[Proof | None] = ContextVar("_SIGNAL", default=None)
_DOOR: ContextVar[Door | None] = ContextVar("_DOOR", default=None)
"""Of the message that a handler follows. Each handler runs in a context of its own."""


def current_door() -> Door | None:
    """Return the door that the message came in by which this handler follows."""
    return _DOOR.get()


def needs_proof(update: _Update) -> _Update:
    """Give *update* a validator, without which nothing would judge it before it is accepted."""

    update.validator(_Unread.validate)
    return update


def require_proof(name: str, arguments: Iterable[object], id_: str, proof: Proof | None) -> None:
    """
    Judge an update before it is accepted.

    Raises:
        NotProven: If its proof is missing where it is needed, or not good.
    """
    judge = workflow.extern_functions().get(JUDGE)
    if judge:  # a replayer has none
        message = _message(name, _bytes_of(arguments), id_)
        judge(ProofCheck(message=message, proof=proof, at=workflow.now()))


def note_door(proof: Proof | None) -> None:
    """Remember the door of an update that was accepted with *proof*."""
    _DOOR.set(proof.door if proof else None)


def note_proof(proof: Proof | None) -> None:
    """Remember the proof of a signal until its handler has it judged."""
    _SIGNAL.set(proof)


async def judge_signal(name: str, raws: Iterable[RawValue], followed: Container[str]) -> Proof | None:
    """
    Have the signal judged whose handler this is, and return its proof, if it has one. *followed*: the messages that the
    run has followed; whoever judges puts it on record if the proof is that of one of them.

    Raises:
        NotProven: If its proof is missing where it is needed, or not good.
    """
    proof = _SIGNAL.get()
    message = _message(name, _bytes_of(raws), proof.message if proof else "")
    _DOOR.set(await _judged(message, proof, is_used=proof is not None and proof.message in followed))
    return proof


async def judge_start(raws: Iterable[RawValue]) -> Door | None:
    """
    Have the start of this run judged. What our own runs start needs no proof: the server says which one did.

    Raises:
        NotProven: If its proof is missing where it is needed, or not good.
    """
    info = workflow.info()
    if info.parent is not None or info.continued_run_id is not None:
        return None
    header = info.headers.get(contract.PROOF_HEADER)
    proof = read_proof(header.data) if header else None
    message = _message(info.workflow_type, _bytes_of(raws), proof.message if proof else "")
    return await _judged(message, proof)


async def _judged(message: Message, proof: Proof | None, *, is_used: bool = False) -> Door | None:
    check = ProofCheck(message=message, proof=proof, at=workflow.now(), is_used=is_used)
    return (await look_up(contract.JUDGE_PROOF, check, Verdict)).door


def _message(name: str, arguments: list[bytes], id_: str) -> Message:
    return Message(
        run=workflow.info().workflow_id,
        name=name,
        id=id_,
        digest=digest_of(arguments),
        mover=mover_of(arguments),
    )


def read_proof(header: bytes) -> Proof:
    """Return the proof that came along; what cannot be read is one that proves nothing."""
    try:
        return from_json(Proof, header)
    except ValidationError:
        return Proof(door=Door(name=""), message="", token="")


def _bytes_of(arguments: Iterable[object]) -> list[bytes]:
    return [argument.payload.data for argument in arguments if isinstance(argument, RawValue)]
