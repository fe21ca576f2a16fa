"""
The story: each event as one sentence for people, in the timeline, the Web UI and the terminal.

Words only. A fact that a sentence needs is in its event.
"""

from datetime import timedelta
from typing import assert_never

from escalation.case import events as e
from escalation.case.clock_events import ClockBreached, ClockChased, ClockEnded, ClockStarted, ThresholdPassed
from escalation.case.clock_table import CommunicationBegun
from escalation.case.closing import RcaRequested
from escalation.case.delivery_report import DeliveryReported
from escalation.case.follow_up import ActionsReminded, SuccessorAsked
from escalation.case.levels import AcknowledgementExpired, ContactTried, LevelRaised, SponsorshipProposed
from escalation.case.merge import EscalationTakenOver
from escalation.case.moves.acknowledge import Acknowledged
from escalation.case.moves.answer_survey import SurveyAnswered
from escalation.case.moves.approve_rca import RcaApproved
from escalation.case.moves.approve_text import TextApproved
from escalation.case.moves.begin_resolution import ResolutionBegun
from escalation.case.moves.cancel import Cancelled
from escalation.case.moves.change_priority import PriorityChanged
from escalation.case.moves.close import Closed
from escalation.case.moves.confirm_access import AccessAnswered
from escalation.case.moves.correct_contact import ContactCorrected
from escalation.case.moves.declare_resolved import ResolutionDeclared
from escalation.case.moves.deploy_task_force import TaskForceDeployed
from escalation.case.moves.derive_rca import RcaDerived
from escalation.case.moves.edit_text import TextEdited
from escalation.case.moves.file_post_mortem import PostMortemFiled
from escalation.case.moves.file_rca import RcaFiled
from escalation.case.moves.finish_action import ActionFinished
from escalation.case.moves.join_outage import CustomerJoined
from escalation.case.moves.pause import ClocksPaused, ClocksResumed
from escalation.case.moves.rebase import Rebased
from escalation.case.moves.reject_resolution import ResolutionRejected
from escalation.case.moves.reopen import Reopened
from escalation.case.moves.report_trigger import TriggerReported
from escalation.case.moves.revise_plan import PlanRevised
from escalation.case.moves.settle_ticket import TicketSettled
from escalation.case.moves.share_rca import RcaShared
from escalation.case.moves.tick_response import ResponseTicked
from escalation.case.moves.transfer import Transferred
from escalation.case.moves.verify_resolution import ResolutionVerified
from escalation.case.moves.waive_rca import RcaWaived
from escalation.case.next_update import UpdateSent
from escalation.case.on_call import OnCallFound
from escalation.case.shell_events import MoveRefused, OpenHoursExtended, PeopleNamed
from escalation.case.start import Opened
from escalation.case.task_forces import TaskForceReported, TaskForceStoodDown
from escalation.case.text_approval import TextRejected, TextSubmitted
from escalation.kernel.clocks import Outcome
from escalation.kernel.numbers import number_of
from escalation.kernel.timeline_entry import TimelineEntry, due_words, minute
from escalation.policy.classification import CancelCause

CLOCKWORK = frozenset({"clock_started", "clock_ended", "threshold_passed"})
"""Kinds of events that only keep time: on record, and seldom worth a line to people in a hurry."""


def timeline_entry(event: e.Event) -> TimelineEntry:
    return TimelineEntry(
        seq=event.seq, at=event.at, by=event.by, kind=event.kind, text=sentence(event), note=note_of(event)
    )


def note_of(event: e.Event) -> str:
    for name in ("note", "why", "done", "internal_note", "comment"):
        text = getattr(event, name, None)
        if text and not isinstance(event, LevelRaised | ContactTried | MoveRefused | SuccessorAsked):
            return str(text)
    return str(event.note) if isinstance(event, LevelRaised) else ""


def sentence(event: e.Event) -> str:  # noqa: C901, PLR0912, PLR0915 - one case an event
    """What happened, in one sentence without a full stop."""
    match event:
        case Opened():
            marked = "" if event.request.evidence else ", undocumented"
            return f"opened at level {event.level} with {event.priority} for {event.owner}{marked}"
        case CommunicationBegun():
            return "receipt and first notices under way"
        case Acknowledged():
            return f"{event.by} acknowledged at level {event.level}"
        case LevelRaised():
            early = ", before all responses were done" if event.is_early else ""
            return (
                f"rose from level {event.from_level} to {event.to_level}, {event.owner}: {event.why}{early}"
            )
        case AcknowledgementExpired():
            return f"nothing was heard of {event.person} since the acknowledgement, which has expired"
        case OnCallFound():
            who = ", ".join(person.name for person in event.people) or "nobody"
            shift = f", instead of {event.instead_of}" if event.instead_of else ""
            return f"on call for {event.schedule}: {who}{shift} ({event.why})"
        case Rebased():
            return f"goes on by the playbook {event.plan.playbook}, no longer {event.before}"
        case ContactTried():
            return f"{event.why}; {event.owner} is asked"
        case Transferred():
            return f"transferred from {event.from_owner} to {event.to}: {_words(event.reason)}"
        case PeopleNamed():
            return f"{', '.join(person.name for person in event.people)}: of the playbook, and known here from now on"
        case TriggerReported():
            return f"{event.by} reported {_words(event.trigger)}"
        case ResponseTicked():
            return f"done at level {event.level}: {event.response}"
        case PriorityChanged():
            return f"priority changed from {event.from_priority} to {event.to_priority}"
        case ClocksPaused():
            stopped = ", ".join(name.words for name in event.stopped)
            said = f"stopped: {stopped}" if stopped else "none of the clocks that it stops is running"
            return f"paused, {_words(event.because)}; {said}"
        case ClocksResumed():
            return f"resumed after {_words(event.because)}"
        case ResolutionBegun():
            return "work on the resolution began"
        case PlanRevised():
            return f"action plan, version {event.version}: {number_of(len(event.steps), 'step')}"
        case UpdateSent():
            return _update(event)
        case ResolutionDeclared():
            return f"{event.by} declared a {event.resolution}"
        case ResolutionRejected():
            return f"{event.by} rejected the resolution"
        case ResolutionVerified():
            return f"{event.by} verified the resolution"
        case AccessAnswered():
            answer = {
                "yes": "has access again",
                "no": "has no access yet",
                "waived": "need not confirm access",
            }
            return f"{event.account} {answer[event.answer]}"
        case Reopened():
            return f"{event.by} reopened it"
        case TicketSettled():
            return f"{event.record} {'stays open' if event.stays_open_because else 'is closed'}"
        case RcaRequested():
            return "RCA requested"
        case RcaFiled():
            return f"internal RCA filed, version {event.version}"
        case RcaDerived():
            return "customer RCA derived"
        case RcaApproved():
            return f"{event.by} approved the customer RCA"
        case RcaShared():
            return "customer RCA shared"
        case RcaWaived():
            return f"{event.by} waived the RCA"
        case Closed():
            return f"{event.by} closed it"
        case Cancelled():
            return (
                f"{event.by} cancelled it: {event.cause}{f', goes on as {event.into}' if event.into else ''}"
            )
        case SponsorshipProposed():
            return f"proposed for executive sponsorship: {', '.join(event.accounts)}"
        case ClockStarted():
            return f"{event.clock.name.words} clock started{due_words(event.clock)}"
        case ThresholdPassed():
            if event.is_skipped:
                return f"{event.clock.words}: reminder skipped, already past"
            return f"reminder: {event.clock.words} is due soon"
        case ClockBreached():
            return f"{event.clock.words} breached, was due {minute(event.due_at)}"
        case ClockChased():
            return f"{event.clock.words} still overdue, brought up again"
        case ClockEnded():
            late = f" {brief(event.late_by)} late" if event.outcome is Outcome.BREACHED else ""
            return f"{event.clock.words} clock {event.outcome}{late}"
        case OpenHoursExtended():
            return f"open hours of {event.calendar} known until {minute(event.open_hours.compiled_until)}"
        case DeliveryReported():
            return _messages(event)
        case CustomerJoined():
            accounts = ", ".join(customer.account for customer in event.customers)
            return f"{event.ticket} joined: {accounts or 'nobody new'}"
        case EscalationTakenOver():
            accounts = ", ".join(customer.account for customer in event.customers)
            how = (
                "a duplicate of this, goes on here"
                if event.cause is CancelCause.DUPLICATE
                else "merged into this"
            )
            return f"{event.ticket} {how}: {accounts or 'nobody new'}"
        case TextSubmitted():
            return f"text {event.number} for customers, by {event.by}, waits for approval"
        case TextEdited():
            return f"{event.by} edited text {event.number} for customers"
        case TextApproved():
            return f"{event.by} approved text {event.number} for customers"
        case TextRejected():
            return f"{event.by} rejected text {event.number} for customers"
        case ContactCorrected():
            return _correction(event)
        case MoveRefused():
            return f"{_words(event.move)} was refused: {event.why}"
        case TaskForceDeployed():
            force = event.force
            return f"task force {force.name} deployed, led by {force.lead}: {force.mission}"
        case TaskForceReported():
            return f"task force {event.force.name}: {'; '.join(event.happened)}"
        case TaskForceStoodDown():
            left = f"; still open: {'; '.join(event.left)}" if event.left else ""
            handed = f", handed over to {event.handed_to}" if event.left and event.handed_to else ""
            return f"task force {event.name} stood down{left}{handed}"
        case SurveyAnswered():
            return f"{event.contact} answered the survey: {event.score} of 5"
        case SuccessorAsked():
            return f"opened again as a new escalation: {event.why}"
        case PostMortemFiled():
            return f"post-mortem filed, version {event.version}"
        case ActionFinished():
            return f"action {event.action} is done: {event.what}"
        case ActionsReminded():
            return f"reminder of actions: {', '.join(map(str, event.reminded))}"
        case _:
            assert_never(event)


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


def _words(code: str) -> str:
    return code.replace("_", " ")


def _correction(event: ContactCorrected) -> str:
    changes = [
        f"{_words(name)} {getattr(event.after, name)}"
        for name in ("email", "name", "language", "time_zone")
        if getattr(event.after, name) != getattr(event.before, name)
    ]
    return f"contact {event.before.email} corrected: {', '.join(changes)}"


def _update(event: UpdateSent) -> str:
    if event.is_holding:
        last = ", the last until somebody writes to them" if event.is_last_holding else ""
        return f"holding update to customers, because an update was missed{last}"
    to = [
        who for who, text in (("customers", event.customer_text), ("our people", event.internal_note)) if text
    ]
    return f"update to {' and '.join(to)}"


def _messages(event: DeliveryReported) -> str:
    told = [f"{_words(r.occasion)} to {r.recipient}" for r in event.receipts if r.delivered_at]
    held = [
        f"{_words(r.occasion)} to {r.recipient} ({r.why}, until {minute(r.held_until)})"
        for r in event.receipts
        if r.held_until
    ]
    dropped = [f"{_words(r.occasion)} to {r.recipient} ({r.why})" for r in event.receipts if r.is_dropped]
    failed = [f"{_words(r.occasion)} to {r.recipient}" for r in event.receipts if r.has_failed]
    parts = {"told": told, "held": held, "not told": dropped, "could not be told": failed}
    return "; ".join(f"{what}: {', '.join(lines)}" for what, lines in parts.items() if lines)
