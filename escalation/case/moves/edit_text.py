"""Edit a text that waits for approval (COMM-6)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import person_of
from escalation.case.lifecycle import Move
from escalation.case.state import Escalation
from escalation.case.text_approval import (
    PendingTextCommand,
    TextEvent,
    ask_approvers,
    pending_text,
    require_approver,
)
from escalation.case.work import Work
from escalation.kernel.reasons import reason
from escalation.kernel.text_fields import OptionalWhyText
from escalation.kernel.values import NO_NOTE, CustomerText, InternalText, frozen


@frozen
class TextEdited(TextEvent):
    kind: Literal["text_edited"] = "text_edited"
    text: CustomerText
    why: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        texts = tuple(
            replace(held, text=self.text, edited_by=self.by) if held.number == self.number else held
            for held in now.pending_texts
        )
        return replace(now, pending_texts=texts)


class EditText(PendingTextCommand):
    """Put other words in place of a text for customers that waits; it still waits."""

    move = Move.EDIT_TEXT
    kind: Literal["edit_text"] = "edit_text"
    text: Annotated[
        CustomerText, Field(min_length=1, description="The words that customers will read instead.")
    ]
    why: OptionalWhyText = NO_NOTE

    def carry_out(self, work: Work) -> None:
        """By its author or an approver; it waits on, and its clock runs on."""
        held = pending_text(work.state, self.number, Move.EDIT_TEXT)
        if self.by != held.by:
            require_approver(work.state, held, self.by, Move.EDIT_TEXT)
        work.record(TextEdited(number=held.number, text=self.text, why=self.why))
        why = reason("text_edited_by", held.number, person_of(work.state, self.by))
        ask_approvers(work, why, self.text, held.question)
