"""
One decision about a sponsorship in the making: the state so far, the events recorded, the notifications asked for.

Knows how to record and to notify, and nothing of rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from escalation.kernel import decision
from escalation.kernel.clock_loop import ClockedWork
from escalation.kernel.reasons import Part
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.notification import InternalFacts, InternalNotification, Occasion
from escalation.policy.classification import Priority
from escalation.policy.people import Contact
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.sponsorship.state import Sponsorship

if TYPE_CHECKING:
    from escalation.sponsorship.move_index import AnyEvent

SponsorshipDecision = decision.Decision[Sponsorship, "AnyEvent", InternalNotification]


@dataclass(slots=True)
class SponsorshipWork(ClockedWork[Sponsorship, "AnyEvent", InternalNotification]):
    known: PlaybookPeople = field(default_factory=PlaybookPeople)

    def after(self, event: "AnyEvent") -> Sponsorship:
        return event.applied_to(self.state).with_event_counted(event)

    @property
    def sponsors(self) -> tuple[Contact, ...]:
        """Return who sponsors the account, if anybody does."""
        return (self.state.sponsor,) if self.state.sponsor else ()

    @property
    def managers(self) -> tuple[Contact, ...]:
        """Return the managers of sponsorships, without the sponsor."""
        sponsors = {person.id for person in self.sponsors}
        return tuple(person for person in self.known.managers if person.id not in sponsors)

    def notify(
        self,
        occasion: Occasion,
        people: Iterable[Contact],
        *,
        by: str = "",
        text: InternalText | None = None,
        due_at: datetime | None = None,
        items: tuple[Part, ...] = (),
    ) -> None:
        """Notify *people*, if there are any."""
        now, to = self.state, tuple(person.recipient for person in people)
        if not to:
            return
        facts = InternalFacts(
            key=now.key,
            subject=CustomerText(now.account),
            priority=Priority.P4,
            state=now.standing,
            level=0,
            level_name="",
            owner=now.sponsor.name if now.sponsor else "",
            by=by,
            due_at=due_at,
            text=text,
            items=items,
            at=self.now,
            account=now.account,
        )
        id_ = f"{now.key}@{now.enrolled_at or self.now:%Y-%m-%dT%H:%M:%SZ}"
        self.do(
            InternalNotification(
                escalation=id_,
                seq=now.sequence,
                cause=self.name_cause(occasion),
                occasion=occasion,
                to=to,
                facts=facts,
            )
        )
