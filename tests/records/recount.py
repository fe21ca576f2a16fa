"""
The figures of a report counted another way: plainly, from the events as they were recorded and the lines of the
export, without the fold, the measures or the tables (RECORD-2).
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from escalation.kernel.values import to_json

Raw = dict[str, Any]

TEAMS = {"fay": "finance", "finance": "finance"}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def raw(events: Iterable[Any]) -> list[Raw]:
    return [json.loads(to_json(event)) for event in events]


NO_PROMISES = {"acknowledgement_expiry", "pause", "on_duty", "survey"}


class Recounted:
    """One escalation of the engine, from its raw events."""

    def __init__(self, events: Sequence[Raw]) -> None:
        self.events = events
        self.opened_at = instant(events[0]["at"])
        self.ended_at = next((instant(each["at"]) for each in self._of("closed", "cancelled")), None)
        self.until = self.ended_at or instant(events[-1]["at"])

    def _of(self, *kinds: str) -> list[Raw]:
        return [event for event in self.events if event["kind"] in kinds]

    def first(self, kind: str) -> float | None:
        found = [(instant(event["at"]) - self.opened_at).total_seconds() for event in self._of(kind)]
        return found[0] if found else None

    @property
    def first_notification(self) -> float | None:
        """Return when the last of its recipients was notified."""
        missing = set(self.events[0]["unnotified"])
        for event in self._of("delivery_reported"):
            told = {
                receipt["recipient"]: instant(receipt["delivered_at"])
                for receipt in event["results"]
                if receipt["delivered_at"]
            }
            missing -= set(told)
            if not missing:
                return (max(told.values()) - self.opened_at).total_seconds()
        return None

    @property
    def resolve(self) -> float | None:
        stands = None
        for event in self._of("resolution_declared", "resolution_rejected", "reopened"):
            stands = event["at"] if event["kind"] == "resolution_declared" else None
        return (instant(stands) - self.opened_at).total_seconds() if stands else None

    @property
    def reopened(self) -> int:
        return len(self._of("resolution_rejected", "reopened"))

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Clock and outcome of each run that was met or late."""
        found = []
        late: dict[str, bool] = {}
        for event in self.events:
            name = event.get("clock") if isinstance(event.get("clock"), str) else ""
            if event["kind"] == "clock_started":
                late[event["clock"]["name"]] = False
            elif event["kind"] == "clock_breached":
                late[str(name)] = True
                found.append((str(name), "breached"))
            elif event["kind"] == "clock_ended" and event["outcome"] == "met":
                found.append((str(name), "met"))
        return [(name, said) for name, said in found if name not in NO_PROMISES]

    @property
    def holders(self) -> list[str]:
        owner = str(self.events[0]["owner"])
        held = [TEAMS.get(owner, owner)]
        for event in self.events:
            by_kind = {
                "acknowledged": "by",
                "level_raised": "owner",
                "contact_tried": "owner",
                "transferred": "to",
            }
            owner = str(event[by_kind[event["kind"]]]) if event["kind"] in by_kind else owner
            if held[-1] != TEAMS.get(owner, owner):
                held.append(TEAMS.get(owner, owner))
        return held

    @property
    def level(self) -> int:
        return max(
            [int(self.events[0]["level"]), *(int(event["to_level"]) for event in self._of("level_raised"))]
        )

    @property
    def attempts(self) -> int:
        """Return the attempts of the start; the stories of these tests add none later."""
        return sum(each["kind"] == "attempt" for each in self.events[0]["request"]["evidence"])

    @property
    def is_first(self) -> bool:
        return self.level == int(self.events[0]["level"]) and len(self.holders) == 1 and not self.reopened

    @property
    def paused(self) -> float:
        total, since = timedelta(), None
        for event in self._of("clocks_paused", "clocks_resumed"):
            if event["kind"] == "clocks_paused":
                since = instant(event["at"])
            elif since:
                total, since = total + (instant(event["at"]) - since), None
        return total.total_seconds()

    @property
    def lived(self) -> float:
        return (self.until - self.opened_at).total_seconds()

    @property
    def causes(self) -> set[str]:
        filed = self._of("rca_filed")
        return set(filed[-1]["rca"]["root_causes"]) if filed else set()

    @property
    def scores(self) -> list[int]:
        return [int(event["score"]) for event in self._of("survey_answered")]

    @property
    def actions(self) -> list[bool]:
        """Of each that was agreed on, whether it is done."""
        rca, post_mortem = self._of("rca_filed"), self._of("post_mortem_filed")
        agreed = len(rca[-1]["rca"]["corrective_actions"]) if rca else 0
        agreed += len(post_mortem[-1]["post_mortem"]["actions"]) if post_mortem else 0
        done = {event["action"] for event in self._of("action_finished")}
        return [number in done for number in range(1, agreed + 1)]


class RecountedRows:
    """One incident, from the lines of the export."""

    first_notification = level = attempts = is_first = None
    scores: Sequence[int] = ()
    actions: Sequence[bool] = ()

    def __init__(self, rows: Sequence[dict[str, str]]) -> None:
        self.rows = rows
        self.opened_at = self._at(rows[0]["opened_at"])
        self.ended_at = (
            self._at(rows[-1]["sys_updated_at"]) if rows[-1]["incident_state"] == "Closed" else None
        )

    def _at(self, text: str) -> datetime:
        return datetime.strptime(text + " +0000", "%d-%m-%Y %H:%M %z")

    def _after(self, row: dict[str, str]) -> float:
        return (self._at(row["sys_updated_at"]) - self.opened_at).total_seconds()

    def first(self, _kind: str) -> float | None:
        return next(self._after(row) for row in self.rows if row["incident_state"] != "New")

    @property
    def resolve(self) -> float | None:
        stands = None
        for row in self.rows:
            if row["incident_state"] not in {"Resolved", "Closed"}:
                stands = None
            elif stands is None:
                stands = self._after(row)
        return stands

    @property
    def reopened(self) -> int:
        states = [row["incident_state"] in {"Resolved", "Closed"} for row in self.rows]
        return sum(states[place] and not states[place + 1] for place in range(len(states) - 1))

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [("resolution", "met" if self.rows[-1]["made_sla"] == "TRUE" else "breached")]

    @property
    def holders(self) -> list[str]:
        held: list[str] = []
        for row in self.rows:
            if row["assignment_group"] != "?" and held[-1:] != [row["assignment_group"]]:
                held.append(row["assignment_group"])
        return held

    @property
    def paused(self) -> float:
        total = 0.0
        for row, following in zip(self.rows, self.rows[1:], strict=False):
            if row["incident_state"].startswith("Awaiting"):
                total += self._after(following) - self._after(row)
        return total

    @property
    def lived(self) -> float:
        return self._after(self.rows[-1])

    @property
    def causes(self) -> set[str]:
        said = [row["problem_id"] for row in self.rows if row["problem_id"] != "?"]
        return {said[-1].lower()} if said else set()


Counted = Recounted | RecountedRows


def of_export(text: str) -> list[RecountedRows]:
    incidents: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        incidents.setdefault(row["number"], []).append(row)
    return [RecountedRows(rows) for rows in incidents.values()]


def figures(past: Sequence[Counted]) -> dict[str, float | None]:
    """Name to value, as a report has them."""
    outcomes = [outcome for each in past for outcome in each.outcomes]
    levels = [each.level for each in past if each.level is not None]
    causes = [cause for each in past for cause in each.causes]
    actions = [is_done for each in past for is_done in each.actions]
    clocks = {name for name, _ in outcomes}
    rca = [outcome for name, outcome in outcomes if name in {"internal_rca", "customer_rca"}]
    return {
        "escalations": len(past),
        "open": sum(each.ended_at is None for each in past),
        **_quantiles("acknowledge", [each.first("acknowledged") for each in past]),
        **_quantiles("first_notification", [each.first_notification for each in past]),
        **_quantiles("resolve", [each.resolve for each in past]),
        **{
            f"attainment_{clock}": _met([said for name, said in outcomes if name == clock])
            for clock in clocks
        },
        "breached": _mean([any(said == "breached" for _, said in each.outcomes) for each in past]),
        "breaches": sum(said == "breached" for _, said in outcomes),
        "level_reached": _mean(levels),
        "hand_overs": _mean([max(0, len(each.holders) - 1) for each in past]),
        "ping_pong": _mean([len(each.holders) > len(set(each.holders)) for each in past]),
        "paused": sum(each.paused for each in past) / sum(each.lived for each in past),
        "reopened": _mean([each.reopened > 0 for each in past]),
        "questions": _mean([0 for each in past if each.attempts is not None]),
        "attempts": _mean([each.attempts for each in past if each.attempts is not None]),
        "resolved_first": _mean(
            [each.is_first for each in past if each.is_first is not None and each.resolve is not None]
        ),
        "satisfaction": _mean([score for each in past for score in each.scores]),
        "open_actions": actions.count(False) if actions else None,
        "rca_on_time": _met(rca),
        "repeated_causes": sum(causes.count(cause) > 1 for cause in set(causes)),
    }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _met(outcomes: Sequence[str]) -> float | None:
    return outcomes.count("met") / len(outcomes) if outcomes else None


def _quantiles(name: str, values: Sequence[float | None]) -> dict[str, float | None]:
    known = sorted(value for value in values if value is not None)
    if not known:
        return {f"{name}_median": None, f"{name}_p90": None}
    return {
        f"{name}_median": known[ceil(len(known) / 2) - 1],
        f"{name}_p90": known[ceil(len(known) * 0.9) - 1],
    }
