"""
The story: what each event says to people, in the timeline, the Web UI and the terminal, as a reason.

A fact that the sentence needs is in its event.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from escalation.case import events as e
from escalation.case.clock_events import ClockBreached, ClockChased, ClockEnded, ClockStarted, ThresholdPassed
from escalation.case.delivery_report import DeliveryReported
from escalation.case.follow_up import ActionsReminded, SuccessorAsked
from escalation.case.levels import AcknowledgementExpired, ContactTried, LevelRaised, SponsorshipProposed
from escalation.case.merge import EscalationTakenOver
from escalation.case.moves.acknowledge import Acknowledged
from escalation.case.moves.answer_survey import SurveyAnswered
from escalation.case.moves.approve_text import TextApproved
from escalation.case.moves.cancel import Cancelled
from escalation.case.moves.change_priority import PriorityChanged
from escalation.case.moves.confirm_access import AccessAnswered
from escalation.case.moves.correct_contact import ContactCorrected
from escalation.case.moves.declare_resolved import ResolutionDeclared
from escalation.case.moves.deploy_task_force import TaskForceDeployed
from escalation.case.moves.edit_text import TextEdited
from escalation.case.moves.file_post_mortem import PostMortemFiled
from escalation.case.moves.file_rca import RcaFiled
from escalation.case.moves.finish_action import ActionFinished
from escalation.case.moves.join_outage import CustomerJoined
from escalation.case.moves.pause import ClocksPaused, ClocksResumed
from escalation.case.moves.rebase import Rebased
from escalation.case.moves.report_trigger import TriggerReported
from escalation.case.moves.revise_plan import PlanRevised
from escalation.case.moves.settle_ticket import TicketSettled
from escalation.case.moves.tick_response import ResponseTicked
from escalation.case.moves.transfer import Transferred
from escalation.case.next_update import UpdateSent
from escalation.case.on_call import OnCallFound
from escalation.case.request import AffectedCustomer
from escalation.case.shell_events import MoveRefused, OpenHoursExtended, PeopleNamed
from escalation.case.start import Opened
from escalation.case.task_forces import TaskForceReported, TaskForceStoodDown
from escalation.case.text_approval import TextRejected, TextSubmitted
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import PLAYBOOK, AsPart, Listed, Person, Reason, Term, reason, sentences
from escalation.kernel.timeline_entry import TimelineEntry, clock_started

CLOCKWORK = frozenset({"clock_started", "clock_ended", "threshold_passed"})
"""Kinds of events that only keep time: on record, and seldom worth a line to people in a hurry."""


def timeline_entry(event: e.Event) -> TimelineEntry:
    return TimelineEntry(
        seq=event.seq, at=event.at, by=event.by, kind=event.kind, what=sentence(event), note=note_of(event)
    )


def note_of(event: e.Event) -> str:
    for name in ("note", "why", "done", "internal_note", "comment"):
        text = getattr(event, name, None)
        if text and not isinstance(event, LevelRaised | ContactTried | MoveRefused | SuccessorAsked):
            return str(text)
    return str(event.note) if isinstance(event, LevelRaised) else ""


def sentence(event: e.Event) -> Reason:  # noqa: C901, PLR0912, PLR0915 - one case an event
    """What happened; its code is that of the event, with what differs behind it."""
    code, by = f"event.{event.kind}", Person(event.by)
    match event:
        case Opened():
            code += "" if event.request.evidence else ".undocumented"
            return reason(code, event.level, str(event.priority), Person(event.owner))
        case Acknowledged():
            return reason(code, by, event.level)
        case LevelRaised():
            code += ".early" if event.is_early else ""
            return reason(code, event.from_level, event.to_level, Person(event.owner), event.why)
        case AcknowledgementExpired():
            return reason(code, Person(event.person))
        case OnCallFound():
            who = tuple(Person(person.id, person.name) for person in event.people) or reason("nobody")
            parts = (event.schedule, who, event.why)
            return (
                reason(f"{code}.instead", *parts, Person(event.instead_of))
                if event.instead_of
                else reason(code, *parts)
            )
        case Rebased():
            return reason(code, str(event.plan.playbook), str(event.before))
        case ContactTried():
            return reason(code, event.why, Person(event.owner))
        case Transferred():
            return reason(code, Person(event.from_owner), Person(event.to), event.reason)
        case PeopleNamed():
            return reason(code, tuple(Person(person.id, person.name) for person in event.people))
        case TriggerReported():
            return reason(code, by, Term(PLAYBOOK, event.trigger))
        case ResponseTicked():
            return reason(code, event.level, event.response)
        case PriorityChanged():
            return reason(code, str(event.from_priority), str(event.to_priority))
        case ClocksPaused():
            because = Term(PLAYBOOK, event.because)
            return reason(code, because, event.stopped) if event.stopped else reason(f"{code}.none", because)
        case ClocksResumed():
            return reason(code, Term(PLAYBOOK, event.because))
        case PlanRevised():
            return reason(code, event.version, len(event.steps))
        case UpdateSent():
            return reason(f"{code}.{_sort_of(event)}")
        case ResolutionDeclared():
            return reason(code, by, event.resolution)
        case AccessAnswered():
            return reason(f"{code}.{event.answer}", event.account)
        case TicketSettled():
            return reason(f"{code}.stays_open" if event.stays_open_because else code, event.record)
        case RcaFiled() | PostMortemFiled():
            return reason(code, event.version)
        case Cancelled():
            if event.into:
                return reason(f"{code}.into", by, event.cause, event.into)
            return reason(code, by, event.cause)
        case SponsorshipProposed():
            return reason(code, event.accounts)
        case ClockStarted():
            return clock_started(code, event.clock)
        case ThresholdPassed():
            return reason(f"{code}.skipped" if event.is_skipped else code, event.clock)
        case ClockBreached():
            return reason(code, event.clock, event.due_at)
        case ClockChased():
            return reason(code, event.clock)
        case ClockEnded():
            if event.outcome is Outcome.BREACHED:
                return reason(f"{code}.breached", event.clock, event.late_by)
            return reason(f"{code}.{event.outcome}", event.clock)
        case OpenHoursExtended():
            return reason(code, event.calendar, event.open_hours.compiled_until)
        case DeliveryReported():
            return reason(code, _messages(event))
        case CustomerJoined():
            return reason(code, event.ticket, _accounts(event.customers))
        case EscalationTakenOver():
            return reason(f"{code}.{event.cause}", event.ticket, _accounts(event.customers))
        case TextSubmitted() | TextEdited() | TextApproved() | TextRejected():
            return reason(code, event.number, by)
        case ContactCorrected():
            return reason(code, event.before.email, tuple(_corrections(event)))
        case MoveRefused():
            return reason(code, Term("Move", event.move), event.why)
        case TaskForceDeployed():
            return reason(code, event.force.name, Person(event.force.lead), event.force.mission)
        case TaskForceReported():
            return reason(code, event.force.name, sentences(event.happened))
        case TaskForceStoodDown():
            return _stood_down(code, event)
        case SurveyAnswered():
            return reason(code, event.contact, event.score)
        case SuccessorAsked():
            return reason(code, event.why)
        case ActionFinished():
            return reason(code, event.action, event.what)
        case ActionsReminded():
            return reason(code, tuple(event.reminded))
        case _:
            return reason(code, by)


def brief(span: timedelta) -> str:
    """A span in its two largest units: ``2 h 05 min``."""
    seconds = max(0, round(span.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


def _sort_of(update: UpdateSent) -> str:
    if update.is_holding:
        return "last_holding" if update.is_last_holding else "holding"
    if update.customer_text:
        return "both" if update.internal_note else "customers"
    return "us"


def _accounts(customers: Iterable[AffectedCustomer]) -> AsPart:
    return tuple(customer.account for customer in customers) or reason("nobody_new")


def _corrections(event: ContactCorrected) -> Iterator[Reason]:
    for name in ("email", "name", "language", "time_zone"):
        if getattr(event.after, name) != getattr(event.before, name):
            yield reason(f"contact.{name}", str(getattr(event.after, name)))


def _stood_down(code: str, event: TaskForceStoodDown) -> Reason:
    if not event.left:
        return reason(code, event.name)
    left = sentences(event.left)
    if event.handed_to:
        return reason(f"{code}.handed_over", event.name, left, event.handed_to)
    return reason(f"{code}.open", event.name, left)


def _messages(event: DeliveryReported) -> Listed:
    became: dict[str, list[Reason]] = {"told": [], "held": [], "not_told": [], "failed": []}
    for result in event.receipts:
        about = (Term("Occasion", result.occasion), Person(result.recipient))
        if result.delivered_at:
            became["told"].append(reason("message_to", *about))
        elif result.is_dropped:
            became["not_told"].append(reason("message_to.why", *about, result.why))
        elif result.held_until:
            became["held"].append(reason("message_to.until", *about, result.why, result.held_until))
        else:
            became["failed"].append(reason("message_to", *about))
    return sentences(reason(f"messages.{what}", tuple(each)) for what, each in became.items() if each)
