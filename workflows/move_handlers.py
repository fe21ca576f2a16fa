"""
People's moves as messages: for each command one update and one signal of the same name.

Built from the commands, so that none can be forgotten. Both take whatever arrives and read it here: an update that
cannot be followed is answered with the refusal and leaves no trace; a signal that cannot is recorded, and neither
can stop the run. What a move means is decided in ``escalation``.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Protocol, TypeVar, get_args, get_origin

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.case.move_index import PersonsCommand
from escalation.kernel.reasons import Part, reason, term
from escalation.kernel.refusals import EscalationError, Fault, NotProven, quote_input
from escalation.sponsorship.move_index import PersonsCommand as SponsorshipMoves
from escalation.task_force.commands import MembersCommand
from workflows.inputs import read_model, takes_one
from workflows.message_proofs import current_door
from workflows.run_metrics import count_move, count_refusal

Command = PersonsCommand | MembersCommand | SponsorshipMoves | contract.RebaseRequest


class MoveHandler(Protocol):
    """A workflow, as its handlers see it."""

    def consider(self, command: Any) -> None:
        """Refuse what would be refused; keep nothing."""

    async def follow(self, command: Any) -> object:
        """Look up what is needed, decide, and answer."""

    async def judge_signal(self, move: str, raws: Sequence[RawValue]) -> None:
        """Refuse a signal that nobody vouches for, where somebody has to."""

    def note_refusal(self, move: str, why: Part) -> None:
        """Keep on record that a signal could not be followed."""

    def is_followed(self) -> bool:
        """Return whether this update was followed before."""


_Class = TypeVar("_Class", bound=type)


def takes_moves(*commands: type[Command]) -> Callable[[_Class], _Class]:
    """Give a workflow, a ``MoveHandler``, an update and a signal for each move, and a handler of unknown signals."""

    def give_handlers(workflow_class: _Class) -> _Class:
        for name, handler in _handlers(commands):
            setattr(workflow_class, name, handler)
        return workflow_class

    return give_handlers


def read(command: type[Command], raws: Sequence[RawValue]) -> Command:
    """
    Raises:
        BadRequest: If *raws* are not one such command, with every fault.
    """
    allowed = reason("allowed.json_such_as", example(command))
    return read_model(command, raws, term(command.move), allowed, command.largest)


def example(command: type[Command]) -> str:
    """Return JSON to copy and paste: the required fields, as the command declares them."""
    return json.dumps(_example_of_model(command), ensure_ascii=False)


def _example_of_model(model: type[BaseModel]) -> dict[str, Any]:
    return {
        name: field.examples[0] if field.examples else _example_of(field.annotation)
        for name, field in model.model_fields.items()
        if field.is_required()
    }


def _example_of(kind: Any) -> Any:
    if get_origin(kind) in {Annotated, tuple}:
        part = _example_of(get_args(kind)[0])
        return [part] if get_origin(kind) is tuple else part
    for base, made in _EXAMPLES.items():
        if isinstance(kind, type) and issubclass(kind, base):
            return made(kind)
    return "…"


_EXAMPLES: Mapping[type, Callable[[Any], Any]] = {
    BaseModel: _example_of_model,
    StrEnum: lambda kind: next(iter(kind)).value,
    int: lambda _: 1,
    date: lambda _: "2030-01-31",
}


def described(command: type[Command]) -> str:
    return f"{(command.__doc__ or '').strip()} Example: {example(command)}"


@cache
def _handlers_of(command: type[Command]) -> tuple[Any, Any]:
    """
    The update and the signal of one move. Made once: this module is passed through the sandbox, and each run would
    otherwise take 10 ms to make them.
    """

    # A class only so that `self` needs no annotation, which the SDK would read.
    class Handlers(MoveHandler, Protocol):
        @workflow.update(name=command.move.value, description=described(command))
        @takes_one
        async def update(self, *raws: RawValue) -> object:
            was_followed = self.is_followed()
            with _refusals_counted(command):  # what it looked up may refuse it still
                answer = await self.follow(read(command, raws))
            if not was_followed:
                count_move(command.move.value, current_door())
            return answer

        @update.validator
        @takes_one
        def validate(self, *raws: RawValue) -> None:
            if not self.is_followed():
                with _refusals_counted(command):
                    self.consider(read(command, raws))

        @workflow.signal(name=command.move.value, description=described(command))
        @takes_one
        async def signal(self, *raws: RawValue) -> None:
            try:
                with _refusals_counted(command):
                    await self.judge_signal(command.move.value, raws)
                    asked = read(command, raws)
                    self.consider(asked)
                    await self.follow(asked)
                count_move(command.move.value, current_door())
            except EscalationError as refusal:
                self.note_refusal(command.move.value, refusal.refusal.reason)

    return Handlers.update, Handlers.signal


@contextmanager
def _refusals_counted(command: type[Command]) -> Iterator[None]:
    try:
        yield
    except EscalationError as refusal:
        count_refusal(command.move.value, refusal.code)
        raise


def _unknown(known: str) -> Any:
    class Handlers(MoveHandler, Protocol):
        @workflow.signal(dynamic=True)
        async def signal(self, name: str, args: Sequence[RawValue]) -> None:
            with suppress(NotProven):
                await self.judge_signal(name, args)  # so that refusals are recorded as the signals came
            fault = Fault(
                where=f"signal {quote_input(name)}",
                given=reason("given.arguments", len(args)),
                allowed=known,
            )
            self.note_refusal(name, str(fault))

    return Handlers.signal


def _handlers(commands: Sequence[type[Command]]) -> Iterator[tuple[str, Any]]:
    for command in commands:
        update, signal = _handlers_of(command)
        yield f"update_{command.move}", update
        yield f"signal_{command.move}", signal
    yield "signal_unknown", _unknown(", ".join(command.move for command in commands))
