"""Log a touch-point; the next one is due a cadence from then."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.values import frozen
from escalation.sponsorship.clock_table import start_touch_point
from escalation.sponsorship.lifecycle import SponsorshipMove
from escalation.sponsorship.sponsorship_move import SponsorshipCommand, SponsorshipEvent
from escalation.sponsorship.state import Sponsorship, Words, latest
from escalation.sponsorship.work import SponsorshipWork


@frozen
class TouchPointLogged(SponsorshipEvent):
    kind: Literal["touch_point_logged"] = "touch_point_logged"

    def applied_to(self, now: Sponsorship) -> Sponsorship:
        return replace(now, touch_points=latest(*now.touch_points, self.entry))


class LogTouchPoint(SponsorshipCommand):
    """Log a touch-point; the next one is due a cadence from now."""

    move = SponsorshipMove.LOG_TOUCH_POINT
    note: Annotated[Words, Field(description="What was said and agreed.")]

    def carry_out(self, work: SponsorshipWork) -> None:
        work.record(TouchPointLogged(text=self.note))
        start_touch_point(work)
