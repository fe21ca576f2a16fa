"""Enrol an account: who sponsors it, on which terms; the clocks of the sponsorship start."""

from dataclasses import replace
from typing import Literal

from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import frozen
from escalation.notifications.notification import Occasion
from escalation.policy.people import Contact
from escalation.sponsorship.clock_table import start_review, start_touch_point
from escalation.sponsorship.lifecycle import SponsorshipMove, step
from escalation.sponsorship.sponsorship_move import SponsorshipCommand, SponsorshipEvent
from escalation.sponsorship.state import Sponsorship, Terms
from escalation.sponsorship.work import SponsorshipWork


@frozen
class AccountEnrolled(SponsorshipEvent):
    kind: Literal["account_enrolled"] = "account_enrolled"
    terms: Terms
    sponsor: Contact

    def applied_to(self, now: Sponsorship) -> Sponsorship:
        standing = step(now.standing, SponsorshipMove.ENROL)
        return replace(now, standing=standing, terms=self.terms, sponsor=self.sponsor, enrolled_at=self.at)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), Person(self.sponsor.id, self.sponsor.name))


class Enrol(SponsorshipCommand, Terms):
    """Enrol the account: who sponsors it, what for, and how it ends."""

    move = SponsorshipMove.ENROL

    @property
    def named(self) -> tuple[str, ...]:
        return (self.by, self.sponsor)

    @property
    def terms(self) -> Terms:
        return Terms.model_validate(self.model_dump(exclude={"by"}))

    def carry_out(self, work: SponsorshipWork) -> None:
        sponsor = work.known.person(self.sponsor)
        if sponsor is None or not sponsor.addresses:
            obstacle = reason("sponsorship.no_address", self.sponsor)
            raise MoveNotAllowed(obstacle, subject=work.state.key)
        work.record(AccountEnrolled(terms=self.terms, sponsor=sponsor))
        start_touch_point(work)
        start_review(work, self.review_on)
        work.notify(Occasion.SPONSOR_ENROLLED, (sponsor,), due_at=work.state.touch_due_at, items=self.duties)
