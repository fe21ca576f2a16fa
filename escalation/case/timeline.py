"""
The story: each event as one sentence for people, in the timeline, the Web UI and the terminal.

Words only. A fact that a sentence needs is in its event.
"""

from datetime import timedelta
from typing import assert_never

from escalation.case import events as e
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
        if text and not isinstance(event, e.LevelRaised | e.ContactTried | e.MoveRefused | e.SuccessorAsked):
            return str(text)
    return str(event.note) if isinstance(event, e.LevelRaised) else ""


def sentence(event: e.Event) -> str:  # noqa: C901, PLR0912, PLR0915 - one case an event
    """What happened, in one sentence without a full stop."""
    match event:
        case e.Opened():
            marked = "" if event.request.evidence else ", undocumented"
            return f"opened at level {event.level} with {event.priority} for {event.owner}{marked}"
        case e.CommunicationBegun():
            return "receipt and first notices under way"
        case e.Acknowledged():
            return f"{event.by} acknowledged at level {event.level}"
        case e.LevelRaised():
            early = ", before all responses were done" if event.is_early else ""
            return (
                f"rose from level {event.from_level} to {event.to_level}, {event.owner}: {event.why}{early}"
            )
        case e.AcknowledgementExpired():
            return f"nothing was heard of {event.person} since the acknowledgement, which has expired"
        case e.OnCallFound():
            who = ", ".join(person.name for person in event.people) or "nobody"
            shift = f", instead of {event.instead_of}" if event.instead_of else ""
            return f"on call for {event.schedule}: {who}{shift} ({event.why})"
        case e.Rebased():
            return f"goes on by the playbook {event.plan.playbook}, no longer {event.before}"
        case e.ContactTried():
            return f"{event.why}; {event.owner} is asked"
        case e.Transferred():
            return f"transferred from {event.from_owner} to {event.to}: {_words(event.reason)}"
        case e.PeopleNamed():
            return f"{', '.join(person.name for person in event.people)}: of the playbook, and known here from now on"
        case e.TriggerReported():
            return f"{event.by} reported {_words(event.trigger)}"
        case e.ResponseTicked():
            return f"done at level {event.level}: {event.response}"
        case e.PriorityChanged():
            return f"priority changed from {event.from_priority} to {event.to_priority}"
        case e.ClocksPaused():
            stopped = ", ".join(name.words for name in event.stopped)
            said = f"stopped: {stopped}" if stopped else "none of the clocks that it stops is running"
            return f"paused, {_words(event.because)}; {said}"
        case e.ClocksResumed():
            return f"resumed after {_words(event.because)}"
        case e.ResolutionBegun():
            return "work on the resolution began"
        case e.PlanRevised():
            return f"action plan, version {event.version}: {number_of(len(event.steps), 'step')}"
        case e.UpdateSent():
            return _update(event)
        case e.ResolutionDeclared():
            return f"{event.by} declared a {event.resolution}"
        case e.ResolutionRejected():
            return f"{event.by} rejected the resolution"
        case e.ResolutionVerified():
            return f"{event.by} verified the resolution"
        case e.AccessAnswered():
            answer = {
                "yes": "has access again",
                "no": "has no access yet",
                "waived": "need not confirm access",
            }
            return f"{event.account} {answer[event.answer]}"
        case e.Reopened():
            return f"{event.by} reopened it"
        case e.TicketSettled():
            return f"{event.record} {'stays open' if event.stays_open_because else 'is closed'}"
        case e.RcaRequested():
            return "RCA requested"
        case e.RcaFiled():
            return f"internal RCA filed, version {event.version}"
        case e.RcaDerived():
            return "customer RCA derived"
        case e.RcaApproved():
            return f"{event.by} approved the customer RCA"
        case e.RcaShared():
            return "customer RCA shared"
        case e.RcaWaived():
            return f"{event.by} waived the RCA"
        case e.Closed():
            return f"{event.by} closed it"
        case e.Cancelled():
            return (
                f"{event.by} cancelled it: {event.cause}{f', goes on as {event.into}' if event.into else ''}"
            )
        case e.SponsorshipProposed():
            return f"proposed for executive sponsorship: {', '.join(event.accounts)}"
        case e.ClockStarted():
            return f"{event.clock.name.words} clock started{due_words(event.clock)}"
        case e.ThresholdPassed():
            if event.is_skipped:
                return f"{event.clock.words}: reminder skipped, already past"
            return f"reminder: {event.clock.words} is due soon"
        case e.ClockBreached():
            return f"{event.clock.words} breached, was due {minute(event.due_at)}"
        case e.ClockChased():
            return f"{event.clock.words} still overdue, brought up again"
        case e.ClockEnded():
            late = f" {brief(event.late_by)} late" if event.outcome is Outcome.BREACHED else ""
            return f"{event.clock.words} clock {event.outcome}{late}"
        case e.OpenHoursExtended():
            return f"open hours of {event.calendar} known until {minute(event.open_hours.compiled_until)}"
        case e.DeliveryReported():
            return _messages(event)
        case e.CustomerJoined():
            accounts = ", ".join(customer.account for customer in event.customers)
            return f"{event.ticket} joined: {accounts or 'nobody new'}"
        case e.EscalationTakenOver():
            accounts = ", ".join(customer.account for customer in event.customers)
            how = (
                "a duplicate of this, goes on here"
                if event.cause is CancelCause.DUPLICATE
                else "merged into this"
            )
            return f"{event.ticket} {how}: {accounts or 'nobody new'}"
        case e.TextSubmitted():
            return f"text {event.number} for customers, by {event.by}, waits for approval"
        case e.TextEdited():
            return f"{event.by} edited text {event.number} for customers"
        case e.TextApproved():
            return f"{event.by} approved text {event.number} for customers"
        case e.TextRejected():
            return f"{event.by} rejected text {event.number} for customers"
        case e.ContactCorrected():
            return _correction(event)
        case e.MoveRefused():
            return f"{_words(event.move)} was refused: {event.why}"
        case e.TaskForceDeployed():
            force = event.force
            return f"task force {force.name} deployed, led by {force.lead}: {force.mission}"
        case e.TaskForceReported():
            return f"task force {event.force.name}: {'; '.join(event.happened)}"
        case e.TaskForceStoodDown():
            left = f"; still open: {'; '.join(event.left)}" if event.left else ""
            handed = f", handed over to {event.handed_to}" if event.left and event.handed_to else ""
            return f"task force {event.name} stood down{left}{handed}"
        case e.SurveyAnswered():
            return f"{event.contact} answered the survey: {event.score} of 5"
        case e.SuccessorAsked():
            return f"opened again as a new escalation: {event.why}"
        case e.PostMortemFiled():
            return f"post-mortem filed, version {event.version}"
        case e.ActionFinished():
            return f"action {event.action} is done: {event.what}"
        case e.ActionsReminded():
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


def _correction(event: e.ContactCorrected) -> str:
    changes = [
        f"{_words(name)} {getattr(event.after, name)}"
        for name in ("email", "name", "language", "time_zone")
        if getattr(event.after, name) != getattr(event.before, name)
    ]
    return f"contact {event.before.email} corrected: {', '.join(changes)}"


def _update(event: e.UpdateSent) -> str:
    if event.is_holding:
        last = ", the last until somebody writes to them" if event.is_last_holding else ""
        return f"holding update to customers, because an update was missed{last}"
    to = [
        who for who, text in (("customers", event.customer_text), ("our people", event.internal_note)) if text
    ]
    return f"update to {' and '.join(to)}"


def _messages(event: e.DeliveryReported) -> str:
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
