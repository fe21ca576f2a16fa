"""End a sponsorship: the exit criteria are met, or a proposal is declined."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.values import frozen
from escalation.notifications.notification import Occasion
from escalation.sponsorship.clock_table import CLOCKS
from escalation.sponsorship.lifecycle import SponsorshipMove, step
from escalation.sponsorship.sponsorship_move import SponsorshipCommand, SponsorshipEvent
from escalation.sponsorship.state import Sponsorship, Words
from escalation.sponsorship.work import SponsorshipWork


@frozen
class AccountExited(SponsorshipEvent):
    kind: Literal["account_exited"] = "account_exited"

    def applied_to(self, now: Sponsorship) -> Sponsorship:
        return replace(now, standing=step(now.standing, SponsorshipMove.EXIT), exited=self.entry)


class Exit(SponsorshipCommand):
    """End a sponsorship: the exit criteria are met, or a proposal is declined."""

    move = SponsorshipMove.EXIT
    why: Annotated[Words, Field(description="The reason, for our own people.")]

    def carry_out(self, work: SponsorshipWork) -> None:
        work.record(AccountExited(text=self.why))
        work.cancel_clocks(*CLOCKS)
        work.notify(Occasion.SPONSORSHIP_ENDED, work.sponsors, text=self.why)
