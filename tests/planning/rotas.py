"""
Playbooks with rotas, and calendars to go with them, with what a test does not care about filled in.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from escalation.case.effects import OnCallResult
from planning.on_call.feed_sources import Content, FeedFault, FeedReader, FilesAlone
from planning.on_call.roster import OnCallPeriod, OnCallRoster, roster_of
from planning.on_call.rota_spec import FeedSpec, RotaSpec
from planning.plan.on_call_answer import find_on_call
from planning.playbook.loader import Playbook
from tests.planning.builders import reference_with, the_reference

DESK = "desk"
WEEKS = {"name": "Weeks", "people": ["priya", "lukas"], "hand_over": "mon 09:00", "since": "2026-11-02"}
_SCHEDULE = {"name": "Desk", "time_zone": "Europe/London", "rotations": [WEEKS]}


def a_rota(**changes: Any) -> Playbook:
    """
    The reference playbook with one rota, of weeks in London; not checked as a whole.
    """
    rules = RotaSpec.model_validate(_SCHEDULE | changes)
    return the_reference().model_copy(update={"rotas": {DESK: rules}})


def text_of(**changes: Any) -> str:
    """
    The same as a file.
    """
    rota = _SCHEDULE | changes
    written = ("\nduties:\n", f"\nrotas: {json.dumps({DESK: rota})}\n\nduties:\n")
    return reference_with(written, ("\nskills:\n", f"\nskills:\n  duty: {DESK}\n"))


def a_rotation(**changes: Any) -> dict[str, Any]:
    """
    By the day, priya before lukas, from the 2nd of November on.
    """
    return {
        "name": "Days",
        "people": ["priya", "lukas"],
        "every": "daily",
        "hand_over": "09:00",
        "since": "2026-11-02",
    } | changes


class Held(FeedReader):
    """
    A calendar that is at hand.
    """

    def __init__(self, text: str | bytes, note: str = "") -> None:
        self._content = Content(text if isinstance(text, bytes) else text.encode(), note)

    def read(self, rules: FeedSpec, folder: Path | None) -> Content:  # noqa: ARG002 - as asked
        return self._content


class Unreachable(FeedReader):
    """
    A calendar that nobody can read.
    """

    def read(self, rules: FeedSpec, folder: Path | None) -> Content:  # noqa: ARG002 - as asked
        raise FeedFault("it does not answer in time")


FEED = {"url_from": "ESCALATION_ONCALL_ICS"}


def an_event(start: str, end: str, *lines: str) -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"DTSTART{start}", f"DTEND{end}", *lines, "END:VEVENT", ""))


def a_calendar_file(*events: str) -> str:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n"
    return f"{head}{''.join(events)}END:VCALENDAR\r\n"


def on_call(
    playbook: Playbook, at: datetime, feeds: FeedReader | None = None, rota: str = DESK
) -> OnCallResult:
    return find_on_call(playbook, rota, at, feeds or FilesAlone())


def who(playbook: Playbook, at: datetime, feeds: FeedReader | None = None) -> list[str]:
    return [person.id for person in on_call(playbook, at, feeds).people]


def the_roster(
    playbook: Playbook, since: datetime, until: datetime, feeds: FeedReader | None = None
) -> OnCallRoster:
    return roster_of(playbook, DESK, since, until, feeds or FilesAlone())


def periods(
    playbook: Playbook, since: datetime, until: datetime, feeds: FeedReader | None = None
) -> list[OnCallPeriod]:
    return list(the_roster(playbook, since, until, feeds).periods)
