"""
Reports by schedule: the request, and the review pack that is made of it (RECORD-3).

Owns what travels between the schedule, its runs and the messages. When a schedule runs and where its periods begin
and end is not known here, nor what a figure means or how a page looks.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from escalation.kernel.ids import Own, own_id
from escalation.kernel.language_tag import LanguageTag
from escalation.kernel.values import Instant, Name, frozen
from escalation.notifications.notification import ReviewPack
from escalation.policy.people import Recipient


class Rhythm(StrEnum):
    """Frequency of a report; each run is about the whole week or quarter that has just ended."""

    WEEKLY = "weekly"
    QUARTERLY = "quarterly"


@frozen
class ReportSchedule:
    """Input of each run of a schedule."""

    rhythm: Rhythm
    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    """``07:00``, of the first day after the period, by the clocks of the time zone."""
    time_zone: str
    """Time zone of the days, weeks and quarters."""
    to: Annotated[tuple[Name, ...], Field(min_length=1)]
    """People, teams and roles of the playbook of the day, and addresses."""
    language: LanguageTag = "en"
    """Language of the readers who are known by an address alone."""

    @property
    def id(self) -> str:
        return report_id(self.rhythm)


def report_id(rhythm: Rhythm) -> str:
    """Return the id of the schedule, which its messages have too: ``report:weekly``."""
    return own_id(Own.REPORT, rhythm)


@frozen
class ScheduledReport:
    """A schedule as it stands."""

    wanted: ReportSchedule
    next_at: Instant | None
    last_at: Instant | None
    """Time at which its last run was due."""
    is_paused: bool


@frozen
class OpenEscalationsRecorded:
    """Outcome of recording all open escalations up to now."""

    asked: int = 0
    """Escalations that are open, or followed up."""
    silent: int = 0
    """Of these, those that gave no answer: they count as of their last change that is on record."""


@frozen
class MakeReport:
    """Make the review pack of the period that had just ended when the run was due, however late it is."""

    schedule: ReportSchedule
    due_at: Instant
    record: OpenEscalationsRecorded | None = None
    """None: what is open could not be asked."""


@frozen
class ReportMade:
    """The answer to ``MakeReport``."""

    pack: ReviewPack
    to: tuple[Recipient, ...]
    unknown: tuple[str, ...] = ()
    """Names that the playbook does not have any more."""
