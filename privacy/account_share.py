"""
The share of one account in an escalation of several customers.

Owns whose each kind of event is, and each part of the record. What is not named here is given to nobody: a new kind of
event says here whose it is, and a new field is left out until it is named. Our own people's notes on such a case can be
about any customer, so they are left out. Must not know who asks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from escalation.kernel.email_address import mailbox_of
from escalation.kernel.ids import ContactId
from records.data_export import RecordedEscalation

Plain = dict[str, Any]


@dataclass(frozen=True)
class ShareHolder:
    """The account whose share it is."""

    account: str
    mailboxes: frozenset[str]
    """Of its contacts."""
    has_opened: bool
    """True if the request was about this account; False if it joined later."""

    def has_contact(self, id_: str) -> bool:
        return "@" in id_ and mailbox_of(ContactId.read(id_).email) in self.mailboxes


_COURSE_ALONE = (
    *("action_finished", "actions_reminded", "alerts_seen", "closed", "comment_added"),
    *("communication_begun", "evidence_added", "move_refused", "on_call_found", "open_hours_extended"),
    *("owner_nudged", "people_named", "questions_ended", "rca_approved", "rca_derived"),
    *("rca_requested", "rca_sent_back", "rca_shared", "rca_waived", "rebased", "reopened"),
    *("resolution_begun", "resolution_rejected", "resolution_verified", "successor_asked"),
    *("task_force_deployed", "task_force_reported", "task_force_stood_down", "text_approved"),
    *("text_edited", "text_rejected", "text_submitted", "ticket_settled"),
)
"""Events of which an account learns only that and when they happened."""
COURSE: Mapping[str, tuple[str, ...]] = {
    "acknowledged": ("level",),
    "acknowledgement_expired": ("level",),
    "cancelled": ("cause",),
    "clock_breached": ("clock", "due_at", "passed", "skipped", "chased"),
    "clock_chased": ("clock", "times", "due_at"),
    "clock_ended": ("clock", "outcome", "ended_at", "late_by", "runs_on_if_reopened"),
    "clock_started": ("clock",),
    "clocks_paused": ("because", "stops", "stopped"),
    "clocks_resumed": ("because", "ended_at"),
    "contact_tried": ("level", "attempt"),
    "level_raised": ("from_level", "to_level", "reason", "is_early"),
    "opened": ("id", "priority", "level"),
    "plan_revised": ("version",),
    "post_mortem_filed": ("version",),
    "priority_changed": ("from_priority", "to_priority"),
    "rca_filed": ("version",),
    "resolution_declared": ("resolution", "holds"),
    "response_ticked": ("level",),
    "threshold_passed": ("clock", "passed", "skipped", "due_at"),
    "thresholds_skipped": ("clock", "passed", "skipped"),
    "transferred": ("reason",),
    "trigger_reported": ("trigger",),
    "update_sent": ("is_holding", "is_last_holding"),
    **dict.fromkeys(_COURSE_ALONE, ()),
}
"""Events of the case as a whole, with the fields that are about nobody."""

TOLD: Mapping[str, tuple[str, ...]] = {
    "rca_derived": ("rca",),
    "resolution_declared": ("customer_text",),
    "resolution_verified": ("customer_text",),
    "update_sent": ("customer_text", "estimate"),
}
"""Fields that were written to all customers."""


def _opened(event: Plain, holder: ShareHolder) -> Plain | None:
    found = _named(event, COURSE["opened"])
    if holder.has_opened and "request" in event:
        found["request"] = {**event["request"], "customers": _customers(event["request"], holder)}
    return found


def _brought(event: Plain, holder: ShareHolder) -> Plain | None:
    # Tickets, evidence and notes do not say whose they are: a start can name a customer who was known before.
    own = _customers(event, holder)
    impacts = _own_keys(event.get("impacts", {}), holder)
    if not own:
        return {"impacts": impacts} if impacts else None
    return {"case_key": event["case_key"], "customers": own} | ({"impacts": impacts} if impacts else {})


def _delivery_reported(event: Plain, holder: ShareHolder) -> Plain | None:
    own = [each for each in event.get("results", ()) if holder.has_contact(each["recipient"])]
    return {"results": own} if own else None


def _sponsorship_proposed(event: Plain, holder: ShareHolder) -> Plain | None:
    return {"accounts": [holder.account]} if holder.account in event.get("accounts", ()) else None


def _of_account(event: Plain, holder: ShareHolder) -> Plain | None:
    return event if event.get("account") == holder.account else None


def _of_asked_account(event: Plain, holder: ShareHolder) -> Plain | None:
    return event if _of_account(event.get("question", {}), holder) else None


def _contact_corrected(event: Plain, holder: ShareHolder) -> Plain | None:
    return event if holder.has_contact(event.get("before", {}).get("email", "")) else None


def _of_mailbox(event: Plain, holder: ShareHolder) -> Plain | None:
    return event if holder.has_contact(event.get("email", "")) else None


OWN: Mapping[str, Callable[[Plain, ShareHolder], Plain | None]] = {
    "access_answered": _of_account,
    "contact_corrected": _contact_corrected,
    "customer_asked": _of_asked_account,
    "customer_joined": _brought,
    "customer_message_recorded": _of_account,
    "delivery_reported": _delivery_reported,
    "escalation_taken_over": _brought,
    "impact_stated": _of_account,
    "opened": _opened,
    "page_revoked": _of_mailbox,
    "question_answered": _of_account,
    "question_reminded": _of_account,
    "sponsorship_proposed": _sponsorship_proposed,
    "survey_answered": _of_account,
}
"""Events that are about one account or several: what one of them gets; None: nothing."""

PART_OF: Mapping[str, Callable[[Plain, ShareHolder], bool]] = {
    "actions": lambda _row, _holder: False,
    "answers": lambda row, holder: row["account"] == holder.account,
    "causes": lambda _row, _holder: False,
    "clocks": lambda _row, _holder: True,
    "customers": lambda row, holder: row["account"] == holder.account,
    "delivery_results": lambda row, holder: holder.has_contact(row["recipient"]),
    "ownerships": lambda _row, _holder: True,
    "participants": lambda _row, _holder: True,
    "pauses": lambda _row, _holder: True,
}
"""Rows of the parts that are given out."""

IS_SHARED = "is_shared"
"""Says of a share that other customers have theirs."""
_HEAD = (
    *("id", "key", "priority", "state", "level", "promises", "reopened", "breaches"),
    *("opened_at", "opened_on", "ended_at", "recorded_until", "lived_for", "acknowledged_after"),
    *("first_notification_after", "resolved_after", "paused_for"),
)
_HEAD_OF_OPENERS = ("tenant", "source", "subject", "issue_type", "category", "reason", "channel")


def share_of_account(recorded: RecordedEscalation, account: str) -> RecordedEscalation:
    """Return what a shared escalation says of *account*."""
    holder = _holder_in(recorded, account)
    head = _named(recorded, (*_HEAD, *(_HEAD_OF_OPENERS if holder.has_opened else ())))
    parts = {name: [row for row in recorded[name] if is_own(row, holder)] for name, is_own in PART_OF.items()}
    events = [found for row in recorded["events"] if (found := _share_of_event(row, holder))]
    return {"subject": None, **head, IS_SHARED: True, **parts, "playbooks": [], "events": events}


def _share_of_event(row: Plain, holder: ShareHolder) -> Plain | None:
    found = _share_of(row["kind"], row["by"], row["event"], holder)
    if found is None:
        return None
    head = _named(row, ("seq", "at", "by", "kind"))
    return {**head, "playbook": None, "event": {**head, **found}}


def _share_of(kind: str, by: str, event: Plain, holder: ShareHolder) -> Plain | None:
    if kind in OWN:
        return OWN[kind](event, holder)
    if "@" in by:
        return event if holder.has_contact(by) else None
    if kind in COURSE:
        return _named(event, (*COURSE[kind], *TOLD.get(kind, ())))
    return None


def _holder_in(recorded: RecordedEscalation, account: str) -> ShareHolder:
    of_account = ShareHolder(account, frozenset(), has_opened=False)
    mailboxes: set[str] = set()
    has_opened = False
    for row in recorded["events"]:
        event = row["event"]
        for customer in _customers(event.get("request", {}), of_account):
            has_opened = True
            mailboxes |= set(_mailboxes_of(customer))
        for customer in _customers(event, of_account):
            mailboxes |= set(_mailboxes_of(customer))
        if row["kind"] == "contact_corrected" and event and mailbox_of(event["before"]["email"]) in mailboxes:
            mailboxes.add(mailbox_of(event["after"]["email"]))
    return ShareHolder(account, frozenset(mailboxes), has_opened)


def _mailboxes_of(customer: Plain) -> Iterator[str]:
    return (mailbox_of(contact["email"]) for contact in customer.get("contacts", ()))


def _customers(said: Plain, holder: ShareHolder) -> list[Plain]:
    return [each for each in said.get("customers", ()) if each.get("account") == holder.account]


def _own_keys(said: Plain, holder: ShareHolder) -> Plain:
    return {account: value for account, value in said.items() if account == holder.account}


def _named(said: Plain, names: Iterable[str]) -> Plain:
    return {name: said[name] for name in names if name in said}
