"""The start of an escalation: its command, its event, who is notified first (START), and how events make its state."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import ClassVar, Literal

from escalation.case import levels
from escalation.case.audience import first_recipients_of, notify, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.clock_table import CLOCKS, ENTRY_CLOCKS
from escalation.case.request import StartRequest, stated_impacts
from escalation.case.state import Escalation
from escalation.case.state_changes import apply_event, with_participants
from escalation.case.work import Decision, Work
from escalation.kernel.clock_events import ClockEvent
from escalation.kernel.proof import Door
from escalation.kernel.reasons import Person, Reason, Term, reason
from escalation.kernel.values import ENGINE, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.classification import EscalationReason, Priority
from escalation.policy.plan import SharedPlan


@frozen
class Opened(BaseEvent):
    kind: Literal["opened"] = "opened"
    id: str
    request: StartRequest
    plan: SharedPlan
    priority: Priority
    level: int
    owner: str
    unnotified: tuple[str, ...] = ()
    """Recipients whom the first notification must reach (COMM-2)."""

    def applied_to(self, now: Escalation) -> Escalation:  # noqa: ARG002 - there is no escalation before it
        raise ValueError("an escalation is opened once")

    def sentence(self) -> Reason:
        code = self.code
        code += ".undocumented" if self.request.missing_evidence(self.plan.evidence_wanted) else ""
        return reason(code, self.level, str(self.priority), Person(self.owner))


@frozen
class Open:
    """Open an escalation by this request, and the plan compiled for it."""

    kind: ClassVar[str] = "open"
    id: str
    request: StartRequest
    plan: SharedPlan
    priority: Priority
    door: Door | None = None
    """The way that it came in by."""


def open_escalation(command: Open, now: datetime) -> Decision:
    """
    Begin an escalation: clocks run, the level's contact is asked, stakeholders and customers are notified (START).

    Pure, like ``decide``.
    """
    request, plan = command.request, command.plan
    rules = plan.priorities[command.priority]
    level = min(max(rules.entry_level, plan.entry_level, request.entry_level or 1), plan.last_level)
    executive = request.reason is EscalationReason.EXECUTIVE_THREAT
    if executive:
        level = max(level, plan.executive_level)
    first = Opened(
        seq=1,
        at=now,
        by=request.submitted_by,
        door=command.door,
        id=command.id,
        request=request,
        plan=plan,
        priority=command.priority,
        level=level,
        owner=plan.level(level).contacts[0],
    )
    unnotified = first_recipients_of(open_state(first))
    first = replace(first, unnotified=unnotified)
    work = Work(
        open_state(first),
        now,
        by=request.submitted_by,
        door=command.door,
        asked=command.kind,
        events=[first],
        table=CLOCKS,
    )
    for name in ENTRY_CLOCKS:
        work.start(name)
    _notify_of_start(work)
    if executive:
        levels.propose_sponsorship(work)
    return work.decision()


def _notify_of_start(work: Work) -> None:
    now = work.state
    request, by = now.request, work.by
    work.by = ENGINE  # the submitter is notified too, if it is theirs to solve
    why = reason("reopened") if request.is_returning else reason("as_written", request.reason)
    text = request.reason_note or request.description or None
    if request.is_returning:
        notify_customers(work, Occasion.REOPENED)
    else:
        notify_customers(work, Occasion.CASE_RECEIVED)
    notify(work, Occasion.ASSIGNED, now.asked, why=why, by=by, text=text, items=now.responses_left)
    others = [person for person in now.rules.stakeholders if person not in now.asked]
    notify(work, Occasion.FIRST_NOTIFICATION, others, why=why, by=by, text=text)
    missing = tuple(Term("EvidenceKind", kind) for kind in now.missing_evidence)
    if missing:
        notify(work, Occasion.EVIDENCE_WANTED, (request.submitted_by,), items=missing)


def open_state(event: Opened) -> Escalation:
    """Return the escalation as it is opened."""
    opened = Escalation(
        id=event.id,
        request=event.request,
        plan=event.plan,
        priority=event.priority,
        opened_at=event.at,
        level=event.level,
        level_since=event.at,
        owner=event.owner,
        asked=event.plan.level(event.level).asked_first,
        impacts=stated_impacts(event.request.customers),
        unnotified=event.unnotified,
        sequence=event.seq,
        latest_at=event.at,
    )
    return with_participants(opened, event.by)


def fold(events: Iterable[BaseEvent | ClockEvent]) -> Escalation:
    """
    Return the escalation that *events*, beginning with ``Opened``, made: the same events give the same one again.

    Raises:
        ValueError: If the first is not ``Opened``.
    """
    first, *rest = events
    if not isinstance(first, Opened):
        raise ValueError(f"the record must begin with opened, not {first.kind}")
    return reduce(apply_event, rest, open_state(first))
