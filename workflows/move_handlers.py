"""
People's moves as messages: for each command one update and one signal of the same name.

Built from the commands, so that none can be forgotten. Both take whatever arrives and read it here: an update that
cannot be followed is answered with the refusal and leaves no trace; a signal that cannot is recorded, and neither
can stop the run. What a move means is decided in ``escalation``.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Protocol, TypeVar

from temporalio import workflow
from temporalio.common import RawValue

from escalation.case.commands import PersonsCommand
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import EscalationError, Fault, quote_input
from escalation.kernel.values import Value
from escalation.task_force.commands import MembersCommand
from workflows.raw_values import largest_move, read_model, takes_one

Command = PersonsCommand | MembersCommand


class MoveHandler(Protocol):
    """The workflow, as its messages see it."""

    def consider(self, command: Any) -> None: ...
    def follow(self, command: Any) -> Value: ...
    async def follow_looked_up(self, command: Any) -> Value: ...
    def note_refusal(self, move: str, why: str) -> None: ...
    def is_answered(self) -> bool: ...


_LOOKED_UP = frozenset({"named", "said_to_be_closed", "said_zone"})
"""What a command says of others, where it says anything."""
_Class = TypeVar("_Class", bound=type)


def takes_moves(*commands: type[Command]) -> Callable[[_Class], _Class]:
    """Give a workflow class, a ``Desk``, an update and a signal for each move, and an ear for unknown signals."""

    def taking(workflow_class: _Class) -> _Class:
        for name, handler in _handlers(commands):
            if not hasattr(
                workflow_class, name
            ):  # it has its own for a move that needs an answer from outside
                setattr(workflow_class, name, handler)
        return workflow_class

    return taking


def read(command: type[Command], raws: Sequence[RawValue]) -> Command:
    """
    Raises:
        BadRequest: If *raws* are not one such command, with every fault.
    """
    allowed = f"one JSON object, such as {example(command)}"
    return read_model(command, raws, command.move.words, allowed, largest_move(command.move.value))


def example(command: type[Command]) -> str:
    """A copy-and-paste example: the required fields, in JSON."""
    fields = {"by": "YOU"}
    for name, field in command.model_fields.items():
        if field.is_required() and name != "by":
            fields[name] = _EXAMPLES.get(name, "…")
    return json.dumps(fields, ensure_ascii=False)


_EXAMPLES: dict[str, Any] = {
    "reason": "lack_of_authority",
    "priority": "P1",
    "because": "waiting_for_customer",
    "contact": "jo@acme.example",
    "response": "1",
    "steps": [{"what": "…", "owner": "…"}],
    "resolution": "fix",
    "answer": "yes",
    "cause": "withdrawn",
    "score": 5,
    "action": 1,
    "post_mortem": {"participants": ["…"], "findings": ["…"]},
    "name": "data-recovery",
    "task": 1,
    "seat": 1,
    "rca": {"root_causes": ["…"], "corrective_actions": [{"what": "…", "owner": "…", "due": "2030-01-31"}]},
}


def described(command: type[Command]) -> str:
    return f"{(command.__doc__ or '').strip()} Example: {example(command)}"


@cache
def _messages_of(command: type[Command]) -> tuple[Any, Any]:
    """Made once: this module is passed through the sandbox, and each run would otherwise take 10 ms to make them."""

    class Messages(
        MoveHandler, Protocol
    ):  # a class only so that `self` needs no annotation, which the SDK would read
        @workflow.update(name=command.move.value, description=described(command))
        @takes_one
        def ask(self, *raws: RawValue) -> Value:
            return self.follow(read(command, raws))

        @ask.validator
        @takes_one
        def may(self, *raws: RawValue) -> None:
            if not self.is_answered():
                self.consider(read(command, raws))

        @workflow.signal(name=command.move.value, description=described(command))
        @takes_one
        def hear(self, *raws: RawValue) -> None:
            try:
                self.follow(read(command, raws))
            except EscalationError as refusal:
                self.note_refusal(command.move.value, refusal.message)

    return Messages.ask, Messages.hear


@cache
def _messages_looked_up(command: type[Command]) -> tuple[Any, Any]:
    """Of a move that names somebody or something outside of the escalation, which is looked up first."""

    class Messages(MoveHandler, Protocol):
        @workflow.update(name=command.move.value, description=described(command))
        @takes_one
        async def ask(self, *raws: RawValue) -> Value:
            return await self.follow_looked_up(read(command, raws))

        @ask.validator
        @takes_one
        def may(self, *raws: RawValue) -> None:
            if not self.is_answered():
                self.consider(read(command, raws))

        @workflow.signal(name=command.move.value, description=described(command))
        @takes_one
        async def hear(self, *raws: RawValue) -> None:
            try:
                await self.follow_looked_up(read(command, raws))
            except EscalationError as refusal:
                self.note_refusal(command.move.value, refusal.message)

    return Messages.ask, Messages.hear


def _unknown(known: str) -> Any:
    class Messages(MoveHandler, Protocol):
        @workflow.signal(dynamic=True)
        def hear(self, name: str, args: Sequence[RawValue]) -> None:
            fault = Fault(
                where=f"signal {quote_input(name)}",
                given=f"{number_of(len(args), 'argument')}",
                allowed=known,
            )
            self.note_refusal(name, str(fault))

    return Messages.hear


def _handlers(commands: Sequence[type[Command]]) -> Iterator[tuple[str, Any]]:
    for command in commands:
        ask, hear = (
            _messages_looked_up(command) if _LOOKED_UP & vars(command).keys() else _messages_of(command)
        )
        yield f"update_{command.move}", ask
        yield f"signal_{command.move}", hear
    yield "signal_unknown", _unknown(", ".join(command.move for command in commands))
