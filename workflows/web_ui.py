"""
Texts for the Temporal Web UI: details of an escalation as Markdown, summaries of timers and messages, and the search
attributes of its list.

The UI renders Markdown without sanitising it and fetches it by a URL: texts from people are escaped, and the whole
stays under 4 KB. Nothing here changes an escalation.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeKey

from escalation.case.audience import name_of
from escalation.case.contact_names import ContactNames
from escalation.case.engine import moves_now
from escalation.case.events import CLOCKWORK, Event
from escalation.case.follow_up_actions import next_reminder
from escalation.case.request import StartRequest
from escalation.case.state import Escalation
from escalation.case.view import timeline
from escalation.case.wanted_moves import find_next_due, list_wanted_moves
from escalation.kernel.characters import clip
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock
from escalation.kernel.reasons import named, sentences, term
from escalation.kernel.timeline_entry import minute
from escalation.measures.report_schedule import ReportMade, ReportSchedule
from escalation.notifications.delivery_results import DeliveryResult, MessageState
from escalation.policy.local_time import DeskTime
from escalation.task_force.events import TaskForceEvent
from escalation.task_force.state import Charter, Seat, TaskForce
from escalation.task_force.wanted_moves import list_wanted_in_task_force
from messages.speaker import speaker as english
from workflows import search_attributes as sa

LONGEST_SUMMARY = 120
"""Characters that the UI's timeline shows of a summary."""
LONGEST_DETAILS = 4_000
_LATEST = 12
_LATEST_MISSED = 5
_MOST_READERS = 20
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~])")
_LINKS_BY_ITSELF = re.compile(r":(?=//)|(?<=mailto):", re.IGNORECASE)
_LONGEST_LINE = 160
_LONGEST_ESCAPE = len("&amp;")


def escaped(text: str) -> str:
    """Return *text* as one line of harmless Markdown."""
    line = clip(" ".join(str(text).split()), _LONGEST_LINE)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKS_BY_ITSELF.sub("&#58;", _SPECIAL.sub(r"\\\1", line))


def summary(text: str) -> str:
    return clip(text, LONGEST_SUMMARY)


def start_summary(request: StartRequest) -> str:
    """Return one line: the subject and whom it hurts."""
    accounts = ", ".join(customer.account for customer in request.customers[:3])
    return _escaped_within(f"{request.subject} ({accounts})", LONGEST_SUMMARY)


def _escaped_within(text: str, at_most: int) -> str:
    """Return *text* escaped, at most *at_most* characters long; no escape is cut."""
    room = at_most
    while len(line := escaped(clip(text, room))) > at_most:
        room -= max(1, (len(line) - at_most) // _LONGEST_ESCAPE)
    return line


def start_details(request: StartRequest) -> str:
    """Return what was known at the start, for the part of the details that never changes."""
    rows = [
        ("Category", f"{request.issue_type}, {request.category}"),
        ("Reason", request.reason.value),
        ("Came in by", f"{request.channel}, submitted by {request.submitted_by}"),
        ("Customers", ", ".join(customer.account for customer in request.customers[:10])),
        ("Services", ", ".join(request.services) or "none named"),
        ("Linked records", ", ".join(request.linked_tickets) or "none"),
        ("Evidence", str(len(request.evidence)) if request.evidence else "none: undocumented"),
    ]
    return "\n".join(f"- **{name}**: {escaped(text)}" for name, text in rows)


def current_details(now: Escalation, events: Sequence[Event], left_out: str = "") -> str:
    """Return how an escalation stands, as Markdown under 4 KB. *left_out*: the gap in its record."""
    level = f"{now.level} of {now.plan.last_level}, {escaped(now.current_level.name)}"
    head = [
        f"## {escaped(now.request.subject)}",
        "",
        f"**{now.state}** · **{now.priority}** · level {level}",
        "",
        f"- **Owner**: {escaped(name_of(now, now.owner))}"
        + ("" if now.acknowledged_by else " (not acknowledged)"),
    ]
    if now.pause:
        head.append(f"- **Paused**: {escaped(now.pause.reason.replace('_', ' '))}")
    if now.missing_to_close and now.state == "closing":
        head.append(f"- **Missing to close**: {escaped(english().say(sentences(now.missing_to_close)))}")
    names = ContactNames(now.request.customers, events)
    if now.undelivered:
        missed = english().say(
            sentences(named(each.failure, names.find) for each in now.undelivered[-_LATEST_MISSED:])
        )
        head.append(f"- **Not delivered** ({len(now.undelivered)}): {escaped(missed)}")
    if left_out:
        head.append(f"- **Left out of the record** (escalate doctor fixes it): {escaped(left_out)}")
    head.append(
        f"- **Moves allowed now**: {', '.join(english().say(term(move)) for move in moves_now(now)) or 'none'}"
    )
    desk = now.plan.desk
    speaker = replace(english(), instant=desk.minute)
    lines = [*head, "", "### Clocks", "", *_clocks(now), "", f"### Latest, {escaped(desk.zone)}", ""]
    shown = [event for event in events if event.kind not in CLOCKWORK]
    for entry in reversed(timeline(shown[-_LATEST:], names.find)):
        line = f"- {escaped(desk.minute(entry.at))} {escaped(speaker.say(entry.what))}"
        if len("\n".join(lines).encode()) + len(line.encode()) > LONGEST_DETAILS:
            break
        lines.append(line)
    return "\n".join(lines)


def _clocks(now: Escalation) -> list[str]:
    return [
        f"- {clock.name.words}: "
        + (
            f"**breached**, was due {escaped(now.plan.desk.minute(clock.breached_at))}"
            if clock.breached_at
            else _due(clock, now.plan.desk)
        )
        for clock in sorted(now.running_clocks, key=lambda clock: clock.due_at or now.opened_at)
    ]


def _due(clock: Clock, desk: DeskTime) -> str:
    if clock.not_before:
        return f"due not before {escaped(desk.minute(clock.not_before))}"
    return f"due {escaped(desk.minute(clock.due_at))}" if clock.due_at else "held"


def wake_summary(now: Escalation) -> str:
    """Return what the next timer is for, in words that a manager understands."""
    waking = min(
        (clock for clock in now.running_clocks if clock.next_at),
        key=lambda clock: clock.next_at or now.opened_at,
        default=None,
    )
    reminder = next_reminder(now.actions, now.plan.actions)
    if reminder and (waking is None or waking.next_at is None or reminder < waking.next_at):
        return summary(f"actions: {len(now.open_actions)} to be done")
    if waking is None:
        return "open hours are compiled further"
    if waking.breached_at:
        what = f"{waking.name.words} still overdue: chase"
    elif waking.next_at == waking.due_at:
        what = f"{waking.name.words} ends"
    else:
        what = f"{waking.name.words}: reminder"
    return summary(f"{what} · level {now.level}, {name_of(now, now.owner)}")


LONGEST_VALUE = 2_000
"""Bytes of one search attribute; above 2,048 the server refuses the whole task, again and again."""
SearchValues = dict[SearchAttributeKey[Any], Any]


def search_values(now: Escalation) -> SearchValues:
    due = find_next_due(now)
    return {
        sa.STATE: now.state.value,
        sa.LEVEL: now.level,
        sa.PRIORITY: now.priority.value,
        sa.CATEGORY: now.plan.category,
        sa.CUSTOMER: fitting_names(customer.account for customer in now.request.customers),
        sa.WAITS_FOR: fitting_names(_waited_for(now)) or None,
        sa.PARTICIPANTS: fitting_names(now.participants),
        sa.OWNER: now.owner,
        sa.NEXT_DUE: due.at if due else None,
        sa.NEXT_DUE_OF: due.what.value if due else None,
        sa.BREACHED: now.is_breached,
        sa.ACTIONS: len(now.open_actions) or None,
        sa.UNDELIVERED: len({each.recipient for each in now.undelivered}) or None,
    }


def _waited_for(now: Escalation) -> Iterable[str]:
    return dict.fromkeys(person for move in list_wanted_moves(now) for person in move.who)


def fitting_names(names: Iterable[str]) -> list[str]:
    """Return as many *names* as one attribute can hold; the view has them all."""
    fitting, size = [], len("[]")
    for name in names:
        size += len(json.dumps(name)) + len(", ")
        if size > LONGEST_VALUE:
            break
        fitting.append(name)
    return fitting


def updates_between(before: SearchValues, after: SearchValues) -> list[Any]:
    """Return the attributes to write so that a list that shows *before* shows *after*."""
    return [
        key.value_unset() if value is None else key.value_set(value)
        for key, value in after.items()
        if key not in before or before[key] != value
    ]


# A task force


def force_search_values(now: TaskForce) -> SearchValues:
    waited_for = dict.fromkeys(wanted.who for wanted in list_wanted_in_task_force(now))
    return {
        sa.STATE: now.state.value,
        sa.NEXT_DUE: now.next_due_at,
        sa.BREACHED: bool(now.status and now.status.breached_at),
        sa.WAITS_FOR: fitting_names(waited_for) or None,
    }


def charter_details(charter: Charter) -> str:
    """Return what was known at the deployment, for the part of the details that never changes."""
    seats = ", ".join(seat.role for seat in charter.seats[:10]) or "none"
    rows = [
        ("Escalation", charter.about.key),
        ("Lead", charter.name_of(charter.lead)),
        ("Seats", seats),
        ("Technical plan", str(charter.technical_plan) or "none yet"),
    ]
    return "\n".join(f"- **{name}**: {escaped(text)}" for name, text in rows)


def force_details(now: TaskForce, events: Sequence[TaskForceEvent]) -> str:
    """Return how a task force stands, as Markdown under 4 KB."""
    charter = now.charter
    state, seats = english().say(term(now.state)), ", ".join(_seat(now, seat) for seat in now.seats) or "none"
    lines = [
        f"## {escaped(charter.mission)}",
        "",
        f"**{state}** · for {escaped(charter.about.key)} · led by {escaped(charter.name_of(charter.lead))}",
        "",
        f"- **Seats**: {escaped(seats)}",
        *(
            f"- **Task {task.number}** ({escaped(task.owner)}): {escaped(task.what)}"
            for task in now.open_tasks[:8]
        ),
        "",
        "### Latest",
        "",
    ]
    for event in reversed(events[-_LATEST:]):
        line = f"- {minute(event.at)} {escaped(english().say(event.sentence()))}"
        if len("\n".join(lines).encode()) + len(line.encode()) > LONGEST_DETAILS:
            break
        lines.append(line)
    return "\n".join(lines)


def _seat(now: TaskForce, seat: Seat) -> str:
    if seat.held_by:
        return f"{seat.plan.role}: {now.charter.name_of(seat.held_by)}"
    return f"{seat.plan.role}: {f'offered to {now.charter.name_of(seat.offered_to)}' if seat.offered_to else 'nobody'}"


def force_wake_summary(now: TaskForce) -> str:
    """Return what the next timer of a task force is for."""
    why = {
        ClockName.SEAT_ANSWER: "a seat is not answered: offer it to the next",
        ClockName.TASK_FORCE_STATUS: f"status · ask {now.charter.name_of(now.charter.lead)}",
    }
    waking = [(clock.next_at, why[clock.name]) for clock in now.running_clocks if clock.next_at]
    waking += [
        (task.remind_at, f"task {task.number} · remind {now.charter.name_of(task.owner)}")
        for task in now.open_tasks
        if task.remind_at
    ]
    return summary(min(waking, default=(None, "open hours are compiled further"))[1])


# A report by schedule


def report_details(
    schedule: ReportSchedule, made: ReportMade | None, results: Sequence[DeliveryResult]
) -> str:
    """Return which period a report is about, and who was notified."""
    lines = [f"## The {schedule.rhythm} review pack", ""]
    if made is None:
        return "\n".join([*lines, "It is being made; while the record cannot be reached it is tried again."])
    lines += [f"**{made.pack.first} to {made.pack.last}**, by the days of {escaped(made.pack.time_zone)}", ""]
    lines += [f"- {escaped(name)}: **unknown**" for name in made.unknown]
    became = {result.recipient: result for result in results}
    for recipient in made.to[:_MOST_READERS]:
        lines.append(f"- {escaped(recipient.name)}: {_became(became.get(recipient.id))}")
    return "\n".join(lines)


def _became(result: DeliveryResult | None) -> str:
    match result:
        case None:
            return "on its way"
        case DeliveryResult(delivered_at=datetime() as at, state=MessageState.PRINTED):
            return f"printed {minute(at)}, not sent"
        case DeliveryResult(delivered_at=datetime() as at, channel=channel):
            return f"notified {minute(at)} by {channel}"
        case DeliveryResult(deferred_until=datetime() as until):
            return f"waits until {minute(until)}"
        case DeliveryResult(why=why):
            return f"**not notified**: {escaped(english().say(why))}"
