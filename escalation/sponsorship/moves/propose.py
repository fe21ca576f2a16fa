"""Propose that an account be sponsored; a person decides."""

from dataclasses import replace
from typing import Literal

from escalation.kernel.values import frozen
from escalation.notifications.notification import Occasion
from escalation.sponsorship.lifecycle import SponsorshipMove, SponsorshipState
from escalation.sponsorship.sponsorship_move import SponsorshipCommand, SponsorshipEvent
from escalation.sponsorship.state import Sponsorship, Words, latest
from escalation.sponsorship.work import SponsorshipWork


@frozen
class AccountProposed(SponsorshipEvent):
    kind: Literal["account_proposed"] = "account_proposed"
    escalation: str = ""

    def applied_to(self, now: Sponsorship) -> Sponsorship:
        entry = replace(self.entry, escalation=self.escalation)
        return replace(now, proposals=latest(*now.proposals, entry))


class Propose(SponsorshipCommand):
    """Propose that the account be sponsored; a person decides."""

    move = SponsorshipMove.PROPOSE
    why: Words
    escalation: str = ""
    """Id of the executive escalation that proposes it; the same one proposes once."""

    def carry_out(self, work: SponsorshipWork) -> None:
        now = work.state
        if self.escalation in {each.escalation for each in now.proposals if each.escalation}:
            return
        work.record(AccountProposed(text=self.why, escalation=self.escalation))
        # SPONSOR-2: those who decide are notified; an escalation that proposes has notified them itself.
        if not self.escalation and now.standing is SponsorshipState.PROPOSED:
            others = [person for person in work.managers if person.id != self.by]
            by = work.known.name_of(self.by)
            work.notify(Occasion.SPONSORSHIP_PROPOSED, others, by=by, text=self.why)
