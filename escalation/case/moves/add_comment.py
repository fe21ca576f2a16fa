"""Add an internal comment; people and teams that it mentions are notified at once (TALK-2)."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.alert import Alert
from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.state_changes import with_alert
from escalation.case.work import Work
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import UnknownName
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.plan import Plan

_MENTION = re.compile(r"(?<![\w.@+-])@([A-Za-z0-9][\w.-]*)")
"""An id after ``@``; not the domain of an e-mail address."""


@frozen
class CommentAdded(BaseEvent):
    kind: Literal["comment_added"] = "comment_added"
    note: InternalText
    mentioned: tuple[str, ...] = ()

    def applied_to(self, now: Escalation) -> Escalation:
        why = reason("mentioned_by", Person(self.by))
        for name in self.mentioned:
            alert = Alert(occasion=Occasion.MENTIONED, who=(name,), why=why, at=self.at, by=self.by)
            now = with_alert(now, alert, self.by)
        return now

    def sentence(self) -> Reason:
        if not self.mentioned:
            return reason(self.code, Person(self.by))
        return reason(f"{self.code}.mentioning", Person(self.by), tuple(map(Person, self.mentioned)))


class AddComment(MoveCommand):
    """Comment for our own people; @maya or @finance in it notifies that person or team at once."""

    move = Move.ADD_COMMENT
    kind: Literal["add_comment"] = "add_comment"
    note: Annotated[InternalText, Field(min_length=1, description="What you say. No customer ever reads it.")]

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_mentions(self.note)))

    def carry_out(self, work: Work) -> None:
        """TALK-2: an unknown name is refused with the names that there are, so that nobody is called in vain."""
        now = work.state
        for name in self.named:
            _require_known(now.plan, name)
        work.record(CommentAdded(note=self.note, mentioned=self.named))
        why = reason("mentioned_by", person_of(now, self.by))
        notify(work, Occasion.MENTIONED, self.named, why=why, text=self.note)


def _mentions(text: str) -> Iterator[str]:
    """Yield the ids; a full stop or a dash after one ends the sentence, and not the id."""
    return (found.rstrip(".-") for found in _MENTION.findall(text))


def _require_known(plan: Plan, name: str) -> None:
    """
    Raises:
        UnknownName: If it is no person, team or rota of the playbook.
    """
    if not plan.knows(name):
        called = {contact.name: contact.id for contact in plan.contacts}
        ids = sorted({*called.values(), *plan.others})
        raise UnknownName.of(reason("no.person"), name, ids, called=called)
