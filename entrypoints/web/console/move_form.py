"""
Forms of moves, made from the declarations of the moves: a field of the command is a field of the form.

Owns which field is drawn how, and how what a browser sends becomes a command. Must not know what a move does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from pydantic import ValidationError

from entrypoints.web.console.local_instants import read_local
from escalation.case.lifecycle import Move
from escalation.case.move_index import COMMAND_OF, PERSONS_COMMANDS, PersonsCommand
from escalation.case.view import View
from escalation.kernel.command_fields import CommandField, FieldKind
from escalation.kernel.field_reader import fields_of
from escalation.kernel.refusals import Fault, faults_of

_LONG = frozenset({"note", "why", "text", "done", "customer_text", "internal_note", "comment", "findings"})
"""Fields for which people write sentences."""
FOR_CUSTOMERS = frozenset({"customer_text", "text"})
"""Fields that a customer reads: pages mark them."""
_BY = "by"


@dataclass(frozen=True)
class FormField:
    """One field as it is drawn."""

    declared: CommandField
    choices: tuple[tuple[str, str], ...] = ()
    """Value and text of each choice; empty: it is written."""
    value: str = ""
    fault: str = ""

    @property
    def name(self) -> str:
        return self.declared.name

    @property
    def is_long(self) -> bool:
        return self.name in _LONG

    @property
    def is_for_customers(self) -> bool:
        return self.name in FOR_CUSTOMERS


def has_form(move: Move) -> bool:
    """Return whether a form can ask for all that *move* takes; records, such as an RCA, come as files."""
    command = COMMAND_OF.get(move)
    if command not in PERSONS_COMMANDS:
        return False
    return all(field.kind is not FieldKind.RECORD for field in fields_of(command))


def fields_of_form(
    move: Move,
    choices: Mapping[str, tuple[tuple[str, str], ...]],
    given: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Sequence[FormField]:
    """Return the fields of the form of *move*, filled with what was *given* before, and with its *faults*."""
    given, faults = given or {}, faults or {}
    return [
        FormField(
            field, _choices(field, choices), given.get(field.name, field.default), faults.get(field.name, "")
        )
        for field in fields_of(COMMAND_OF[move])
        if field.name != _BY
    ]


def _choices(
    field: CommandField, choices: Mapping[str, tuple[tuple[str, str], ...]]
) -> tuple[tuple[str, str], ...]:
    if field.kind is FieldKind.CHOICE:
        return tuple((value, value.replace("_", " ")) for value in field.values)
    return choices.get(field.name, ())


def choices_of(
    view: View, people: Sequence[tuple[str, str]], pauses: Sequence[str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what can be chosen in the fields that name something which *view* has."""

    def of(*values: str) -> tuple[tuple[str, str], ...]:
        return tuple((value, value.replace("_", " ")) for value in values)

    return {
        "to": tuple(people),
        "owner": tuple(people),
        "trigger": of(*view.triggers),
        "response": tuple((text, text) for text in view.responses_left),
        "account": tuple((account, account) for account in view.customers),
        "record": tuple((record, record) for record, settled in view.records.items() if settled is None),
        "action": tuple((str(action.number), action.what) for action in view.actions if action.is_open),
        "number": tuple((str(text.number), str(text.text)) for text in view.pending_texts),
        "because": of(*pauses),
        "name": tuple((force.name, force.name) for force in view.task_forces if force.is_standing),
    }


class FormRefused(Exception):
    """Refusal of a form that cannot be read as its move; carries the faults of each field."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = {fault.where.partition(".")[0]: fault for fault in faults}


def read_form(move: Move, by: str, given: Mapping[str, str], zone: tzinfo) -> PersonsCommand:
    """
    Return the command that *given*, the fields of a form, asks for.

    Raises:
        FormRefused: If they are no such command.
    """
    command = COMMAND_OF[move]
    values = {
        field.name: _value(field, given.get(field.name, ""), zone)
        for field in fields_of(command)
        if given.get(field.name, "").strip()
    }
    try:
        read: PersonsCommand = command.model_validate({**values, _BY: by})
    except ValidationError as error:
        raise FormRefused(faults_of(error)) from None
    return read


def _value(field: CommandField, text: str, zone: tzinfo) -> object:
    if field.kind is FieldKind.INSTANT:
        return read_local(text, zone)
    if field.is_list:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return text.strip()
