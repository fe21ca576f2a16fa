"""TODO."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import name_of
from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand, OptionalWhyText, TextNumber
from escalation.case.text_approval import ask_approvers, pending_text, require_approver
from escalation.case.work import Work
from escalation.kernel.reasons import Sentence
from escalation.kernel.values import (
    NO_NOTE,
    CustomerText,
    InternalText,
    frozen,
)
from escalation.policy.move_name import Move


@frozen
class TextEdited(BaseEvent):
    kind: Literal["text_edited"] = "text_edited"
    number: int
    text: CustomerText
    why: InternalText = InternalText("")


class EditText(MoveCommand):
    """Put other words in place of a text for customers that waits; it still waits."""

    move = Move.EDIT_TEXT
    kind: Literal["edit_text"] = "edit_text"
    number: TextNumber = None
    text: Annotated[CustomerText, Field(min_length=1, description="The new words for customers.")]
    why: OptionalWhyText = NO_NOTE


def edit_text(work: Work, command: EditText) -> None:
    """By its author or an approver; it waits on, and its clock runs on."""
    held = pending_text(work.escalation, command.number, Move.EDIT_TEXT)
    if command.by != held.by:
        require_approver(work.escalation, held, command.by, Move.EDIT_TEXT)
    work.record(TextEdited(number=held.number, text=command.text, why=command.why))
    why = Sentence.TEXT_EDITED_BY.of(held.number, name_of(work.escalation, command.by))
    ask_approvers(work, why, command.text)
