"""Review a sponsorship: what the measures say, and when they are looked at again."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.values import InputDay, frozen
from escalation.sponsorship.clock_table import start_review
from escalation.sponsorship.lifecycle import SponsorshipMove
from escalation.sponsorship.sponsorship_move import SponsorshipCommand, SponsorshipEvent
from escalation.sponsorship.state import Sponsorship, Words, latest
from escalation.sponsorship.work import SponsorshipWork


@frozen
class SponsorshipReviewed(SponsorshipEvent):
    kind: Literal["sponsorship_reviewed"] = "sponsorship_reviewed"

    def applied_to(self, now: Sponsorship) -> Sponsorship:
        return replace(now, reviews=latest(*now.reviews, self.entry))


class Review(SponsorshipCommand):
    """Record what the measures say, and when they are looked at again."""

    move = SponsorshipMove.REVIEW
    findings: Annotated[Words, Field(description="What the measures say.")]
    next_review_on: Annotated[InputDay, Field(description="The day of the next review.")]

    def carry_out(self, work: SponsorshipWork) -> None:
        work.record(SponsorshipReviewed(text=self.findings))
        start_review(work, self.next_review_on)
