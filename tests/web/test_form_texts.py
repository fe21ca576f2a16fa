"""The words of forms: each field and what it means, in each language that is shipped."""

from collections.abc import Iterator

from entrypoints.web.console.move_form import form_of
from entrypoints.web.console.record_form import Known, RecordForm
from entrypoints.web.console.sponsorship_pages import form_of_sponsorship
from entrypoints.web.console.start_form import FORM
from escalation.case.lifecycle import Move
from escalation.case.move_index import COMMAND_OF
from escalation.kernel.command_fields import CommandField
from escalation.kernel.field_reader import fields_of, purpose_of, record_of
from escalation.sponsorship.move_index import PERSONS_COMMANDS
from escalation.task_force.commands import MEMBERS_COMMANDS
from messages.catalogue import catalogue


def fields(command: type, hidden: frozenset[str] = frozenset()) -> Iterator[CommandField]:
    for field in fields_of(command):
        if field.name not in hidden:
            yield field
            if record := record_of(command, field.name):
                yield from fields(record)


def test_every_form_and_each_of_its_fields_has_words_in_each_language() -> None:
    """
    COMM-9: its name, the description of its declaration, and what its move is for. What English says of it is the
    declaration itself.
    """
    members = (RecordForm(command, frozenset({"by"})) for command in MEMBERS_COMMANDS)
    forms = (FORM, *map(form_of, COMMAND_OF), *members, *map(form_of_sponsorship, PERSONS_COMMANDS))
    commands = (*COMMAND_OF.values(), *MEMBERS_COMMANDS, *PERSONS_COMMANDS)
    purposes = {("help", purpose_of(command)) for command in commands}
    wanted = purposes | {
        key
        for form in forms
        for field in fields(form.command, form.hidden)
        for key in (("field", field.name), ("help", field.description))
        if key[1]
    }

    for language in ("en", "id", "tr"):
        assert [] == sorted(wanted - catalogue(language).said.keys()), language
    assert [] == [
        code for context, code in wanted if context == "help" and code != catalogue("en").word("help", code)
    ]


def test_fields_whose_values_customers_read_are_marked() -> None:
    """
    COMM-6: also those that are no text of theirs, as an estimate is; a note is not.
    """
    marked = {
        field.name
        for move in (Move.SEND_UPDATE, Move.ASK_CUSTOMER, Move.ADD_COMMENT)
        for field in form_of(move).fields(Known({}, {}, {}), {})
        if field.is_for_customers
    }

    assert {"customer_text", "apologise", "estimate", "sure", "estimate_why"} <= marked
    assert {"due_at", "what_for"} <= marked
    assert not {"internal_note", "note"} & marked
