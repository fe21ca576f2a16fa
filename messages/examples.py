"""
One made-up case with facts for every occasion: previews show it, `escalate message check` renders it, tests read it.

Owns which messages there are for whom, with facts that each of them would have; and four shapes of those facts. It
must not know templates.
"""

import gzip
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from escalation.case.follow_up_actions import Origin
from escalation.case.lifecycle import State
from escalation.case.resolution import ResolutionKind
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import PLAYBOOK, Term, as_written, reason
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.notification import (
    CustomerFacts,
    CustomerNotification,
    InternalFacts,
    InternalNotification,
    Occasion,
    ReportedFigure,
    ReviewPack,
)
from escalation.policy.classification import CancelCause, Degree, EscalationReason, EvidenceKind, Priority
from escalation.policy.people import Recipient

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
"""A Friday."""
LINK = "https://support.example/a/one-click"
PAGE = "https://support.example/case/of-your-own"
ANSWERED_BY_LINK = frozenset(
    {
        Occasion.ACCESS_QUESTION,
        Occasion.SURVEY,
        Occasion.ASSIGNED,
        Occasion.REMINDER,
        Occasion.BREACH,
        Occasion.ACKNOWLEDGEMENT_EXPIRED,
        Occasion.TASK_FORCE_INVITED,
        Occasion.TASK_FORCE_STATUS_WANTED,
    }
)
"""The questions that one click can answer."""
HOSTILE = (
    "{{ owner }} {% include 'layout.txt' %} {# gone #} <b onmouseover='x'>&amp;</b> "
    "\u202egnorw\u2066\x00\x02\x03\x04\r\n"
    "Bcc: all@example.com\n\n# heading\n> quote\n- item\n| label | value\n$ command\n"
    "[Click](https://evil.example/)\u2028\ud83d \U0001f469\u200d\U0001f469\u200d\U0001f467 İıŞş"
)
"""A text from outside at its worst: template syntax, HTML, marks, headers, bidirectional and broken letters."""

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_SENTENCES = "The payment gateway refused every card since its certificate was renewed. " * 40
_NEXT = {"next_update_at": AT + _HOUR}
_DONE = "The gateway's certificate is renewed, and payments go through again."
_TASKS = (reason("numbered", 1, reason("task", "Watch every certificate", "ana", AT + 24 * _HOUR)),)
_STEPS = ("Collect contact details", "Follow up after internal review")

CUSTOMER_EXAMPLES: Mapping[Occasion, Mapping[str, Any]] = {
    Occasion.CASE_RECEIVED: {"urgency": Degree.HIGH, "resolve_by": AT + 8 * _HOUR} | _NEXT,
    Occasion.UPDATE: {
        "text": "We found the cause: the payment gateway.\n\nA fix is being tested.",
        "impact": "We lose a thousand orders an hour.",
        "estimate": AT + 6 * _HOUR,
        "estimate_sure": Degree.MEDIUM,
        "estimate_before": AT + 4 * _HOUR,
        "estimate_why": "The vendor must renew a certificate first.",
    }
    | _NEXT,
    Occasion.CUSTOMER_QUESTION: {
        "text": "Which card readers do you use?",
        "question": 1,
        "what_for": "Only some of them need the new certificate.",
        "answer_by": AT + 24 * _HOUR,
    },
    Occasion.HOLDING: {"apologise": True, "is_promise_missed": True} | _NEXT,
    Occasion.HAND_OVER: {"reason": EscalationReason.SLA_BREACH, "apologise": True, "is_promise_missed": True}
    | _NEXT,
    Occasion.RESOLVED: {"text": _DONE},
    Occasion.ACCESS_QUESTION: {},
    Occasion.REOPENED: {"apologise": True} | _NEXT,
    Occasion.RCA: {
        "text": "A certificate ran out unnoticed.",
        "actions": ("Watch every certificate", "Renew them a month ahead"),
    },
    Occasion.CLOSED: {},
    Occasion.CANCELLED: {"cause": CancelCause.WITHDRAWN},
    Occasion.MERGED: {"formerly": "ACME/4799"} | _NEXT,
    Occasion.SURVEY: {},
}
_REVIEW = ReviewPack(
    first=date(2026, 11, 16),
    last=date(2026, 11, 22),
    time_zone="Europe/London",
    figures=(
        ReportedFigure(name="escalations", value=1204),
        ReportedFigure(name="resolve_median", value=180_000),
        ReportedFigure(name="breached", value=0.125),
        ReportedFigure(name="satisfaction", value=4.5),
    ),
    page=gzip.compress(b"<!doctype html>", mtime=0),
)
_SPONSORED = {"key": "sponsorship:ACME", "subject": "ACME", "account": "ACME", "state": "enrolled"}
_RESOLVING, _CLOSING = {"state": State.RESOLVING}, {"state": State.CLOSING}
_RESOLUTION = {"clock": ClockName.RESOLUTION, "due_at": AT + 25 * _MINUTE}
INTERNAL_EXAMPLES: Mapping[Occasion, Mapping[str, Any]] = {
    Occasion.FIRST_NOTIFICATION: {
        "why": reason("as_written", EscalationReason.DISSATISFIED_CUSTOMER),
        "by": "Sam Sato",
    },
    Occasion.ASSIGNED: {"why": reason("window_ended", 1), "by": "engine", "items": _STEPS},
    Occasion.EVIDENCE_WANTED: {
        "items": (Term("EvidenceKind", "email"), Term("EvidenceKind", "missed_deadline"))
    },
    Occasion.EVIDENCE_ADDED: {
        "why": reason("evidence_by", "Sam Sato", EvidenceKind.ATTEMPT),
        "by": "Sam Sato",
        "text": "Restarted the gateway; cards still fail.",
        "items": (Term("EvidenceKind", "email"),),
    },
    Occasion.MENTIONED: {
        "why": reason("mentioned_by", "Sam Sato"),
        "by": "Sam Sato",
        "text": "@ana Have you seen such a certificate before?",
    },
    Occasion.CUSTOMER_MESSAGE: {
        "why": reason("said_by", "Jo Buyer", Term("Channel", "phone")),
        "by": "Sam Sato",
        "text": "We lose a thousand orders an hour.",
    },
    Occasion.QUESTION_ANSWERED: {
        "why": reason("answered_by", "Jo Buyer", 1),
        "by": "Jo Buyer",
        "text": "Those of two makers.",
        "items": ("Which card readers do you use?",),
    },
    Occasion.QUESTION_UNANSWERED: {
        "why": reason("no_answer", 1, "ACME"),
        "text": "Which card readers do you use?",
    },
    Occasion.REMINDER: {"why": reason("due", ClockName.RESOLUTION)} | _RESOLUTION,
    Occasion.ACKNOWLEDGEMENT_EXPIRED: {"clock": ClockName.ACKNOWLEDGE, "due_at": AT + 15 * _MINUTE},
    Occasion.NOBODY_ON_CALL: {"why": reason("nobody_on_call_because", "Network", reason("no_shift"))},
    Occasion.PAUSE_ENDED: {"why": reason("pause_ended", Term(PLAYBOOK, "waiting_for_vendor"))},
    Occasion.REBASED: {"by": "Elena Petrova", "text": "The new targets apply to all open cases."},
    Occasion.MERGED: {
        "why": reason("merged_by", "ACME/4799", "Elena Petrova"),
        "by": "Elena Petrova",
        "text": "The same certificate.",
        "items": ("ACME", "INC-77", *_TASKS),
    },
    Occasion.LEVEL_RAISED: {"why": reason("window_ended", 1), "by": "engine"},
    Occasion.BREACH: {
        "why": reason("overdue", ClockName.NEXT_UPDATE),
        "clock": ClockName.NEXT_UPDATE,
        "due_at": AT - 5 * _MINUTE,
    },
    Occasion.PRIORITY_CHANGED: {"why": reason("priority_changed", "P3", "P2"), "by": "Sam Sato"},
    Occasion.UPDATE: {
        "impacts": ("We lose a thousand orders an hour.",),
        "why": reason("update_by", "Sam Sato"),
        "by": "Sam Sato",
        "text": "The vendor has been called.",
    },
    Occasion.TEXT_APPROVAL_WANTED: {"by": "Sam Sato", "text": _DONE, "due_at": AT + 10 * _MINUTE},
    Occasion.TEXT_REJECTED: {"by": "Elena Petrova", "text": "Please do not promise a date."},
    Occasion.BROUGHT_IN: {"why": reason("overdue", ClockName.RESOLUTION), "due_at": AT - 5 * _MINUTE},
    Occasion.VERIFICATION_WANTED: {
        "why": reason("declared_by", ResolutionKind.FIX, "Sam Sato"),
        "text": _DONE,
        "items": ("It works again.",),
        "state": State.VERIFYING,
    },
    Occasion.RESOLUTION_REJECTED: {
        "why": reason("rejected_by", "Ari Kaya"),
        "text": "Cards of one bank still fail.",
    }
    | _RESOLVING,
    Occasion.RESOLVED: {"why": reason("verified_by", ResolutionKind.FIX, "Ari Kaya"), "text": _DONE}
    | _CLOSING,
    Occasion.ACCESS_WANTED: {"items": ("ACME", "Globex")} | _CLOSING,
    Occasion.REOPENED: {"why": reason("reopened_by", "Ari Kaya"), "text": "Cards of one bank still fail."}
    | _RESOLVING,
    Occasion.RCA_WANTED: {"clock": ClockName.INTERNAL_RCA, "due_at": AT + 72 * _HOUR, "items": ("PRB-77",)}
    | _CLOSING,
    Occasion.RCA_APPROVAL_WANTED: {"why": reason("derived_by", "Cora Diaz"), "text": _DONE, "items": _STEPS}
    | _CLOSING,
    Occasion.RCA_SENT_BACK: {
        "why": reason("sent_back_by", "Elena Petrova"),
        "text": "Please name the day of the repair.",
    }
    | _CLOSING,
    Occasion.RCA_READY: {"why": reason("approved_by", "Elena Petrova"), "text": _DONE, "items": _STEPS}
    | _CLOSING,
    Occasion.CLOSED: {"why": reason("closed_by", "Elena Petrova"), "state": State.CLOSED},
    Occasion.CANCELLED: {
        "why": reason("cancelled_for", CancelCause.DUPLICATE, "ACME/4700"),
        "text": "The same outage.",
        "items": _STEPS,
        "state": State.CANCELLED,
    },
    Occasion.LOW_SCORE: {"text": "I had to call three times.", "items": ("ACME: 2",), "state": State.CLOSED},
    Occasion.ACTION_DUE: {
        "due_at": AT + 24 * _HOUR,
        "items": (reason("action", 1, "Watch every certificate", "ana", date(2026, 11, 21), Origin.RCA),),
    },
    Occasion.TASK_FORCE_INVITED: {
        "task_force": "payments",
        "by": "Elena Petrova",
        "text": "Payments work.",
        "items": ("Network",),
    },
    Occasion.TASK_FORCE_STATUS_WANTED: {"task_force": "payments", "due_at": AT + 10 * _MINUTE},
    Occasion.TASK_FORCE_DEPLOYED: {
        "task_force": "payments",
        "by": "Elena Petrova",
        "text": "Payments work.",
        "due_at": AT + _HOUR,
    },
    Occasion.TASK_FORCE_UPDATE: {
        "task_force": "payments",
        "why": reason("seat_left", "Sam Sato", "agent"),
        "text": "On leave.",
        "items": _TASKS,
    },
    Occasion.TASK_FORCE_TASK: {
        "task_force": "payments",
        "why": reason("task_given"),
        "items": _TASKS,
    },
    Occasion.TASK_FORCE_TASK_DUE: {
        "task_force": "payments",
        "why": reason("task_overdue"),
        "items": _TASKS,
    },
    Occasion.TASK_FORCE_REPORT: {
        "task_force": "payments",
        "by": "Sam Sato",
        "text": "The cause is known.",
        "items": _STEPS,
    },
    Occasion.TASK_FORCE_STOOD_DOWN: {
        "task_force": "payments",
        "why": reason("declared_by", ResolutionKind.FIX, "Sam Sato"),
        "items": _STEPS,
    },
    Occasion.SPONSORSHIP_PROPOSED: {"items": ("ACME",)},
    Occasion.SPONSOR_ENROLLED: {"due_at": AT + 24 * _HOUR, "items": ("Call the customer's director",)}
    | _SPONSORED,
    Occasion.TOUCH_POINT: {"due_at": AT + 24 * _HOUR, "items": ("Call the customer's director",)}
    | _SPONSORED,
    Occasion.SPONSORSHIP_REVIEW: {"due_at": AT + 24 * _HOUR, "items": ("No P1 in a quarter",)} | _SPONSORED,
    Occasion.SPONSORSHIP_ENDED: {"text": "Nothing was escalated for half a year."}
    | _SPONSORED
    | {"state": "exited"},
    Occasion.UNDELIVERABLE: {
        "items": (
            reason("not_delivered", Occasion.FIRST_NOTIFICATION, "ACME:ana@acme.example", "no such mailbox"),
        )
    },
    Occasion.REVIEW_PACK: {"review": _REVIEW},
}
EXAMPLES: Mapping[str, Mapping[Occasion, Mapping[str, Any]]] = {
    "customer": CUSTOMER_EXAMPLES,
    "internal": INTERNAL_EXAMPLES,
}
"""By audience: every message that there is."""

_CASE = {"subject": "Orders cannot be paid", "priority": Priority.P2, "owner": "Rita Reyes"}
_OF_CUSTOMERS = {"reference": "ACME/4711"}
_OF_OURS = {"key": "ACME/4711", "state": "communicating", "level": 2, "level_name": "Support manager"}
_NAMES = {"id": "Dewi Lestari", "tr": "Elif Yılmaz"}


def make_example(
    audience: str,
    occasion: Occasion,
    shape: str = "usual",
    *,
    language: str = "en",
    time_zone: str = "Asia/Jakarta",
) -> CustomerNotification | InternalNotification:
    """
    A notice to one person.

    *shape*: `usual`, `short` (nothing that may be missing), `long`, or `hostile`, which no check has cleaned.
    """
    case = _CASE | (_OF_CUSTOMERS if audience == "customer" else _OF_OURS)
    facts = _SHAPES[shape](case, audience, occasion)
    name = facts["owner"] if shape == "hostile" else _NAMES.get(language.partition("-")[0], "Ana Lima")
    to = Recipient(
        id="ana", name=name, addresses=("email:ana@example.com",), language=language, time_zone=time_zone
    )
    about: dict[str, Any] = {
        "escalation": "ACME/4711@1",
        "seq": 1,
        "cause": "1",
        "occasion": occasion,
        "to": (to,),
    }
    if audience == "customer":
        return CustomerNotification(**about, facts=CustomerFacts(**facts))
    return InternalNotification(**about, facts=InternalFacts(**facts))


_Facts = dict[str, Any]
_DESK = {"desk": "Customer desk", "telephone": "+44 20 7946 0123", "email": "desk@support.example"}


def _usual(facts: _Facts, audience: str, occasion: Occasion) -> _Facts:
    later = {"next_due_at": AT + 2 * _HOUR, "next_update_at": AT + _HOUR} if audience == "internal" else _DESK
    return facts | {"at": AT, **later, **EXAMPLES[audience][occasion]}


def _short(facts: _Facts, _audience: str, _occasion: Occasion) -> _Facts:
    return facts


def _long(facts: _Facts, audience: str, occasion: Occasion) -> _Facts:
    return _full(_usual(facts, audience, occasion), audience, _SENTENCES) | {"subject": _SENTENCES[:300]}


def _hostile(facts: _Facts, audience: str, occasion: Occasion) -> _Facts:
    names = ("subject", "owner", "by", "state", "level_name", "reference", "key")
    usual = _usual(facts, audience, occasion)
    words = [name for name in ("impact", "estimate_why") if name in usual]
    own = {name: HOSTILE for name in (*names, *words) if name in _FIELDS[audience]}
    return _full(usual, audience, HOSTILE) | own | ({"account": HOSTILE} if "account" in usual else {})


def _full(facts: _Facts, audience: str, text: str) -> _Facts:
    """Every field that may be missing is there, and says *text*."""
    if audience == "customer":
        return facts | {"text": CustomerText(text), "actions": (CustomerText(text),) * 3, "apologise": True}
    return facts | {"text": InternalText(text), "items": (text,) * 3, "why": as_written(text), "by": text}


_FIELDS = {"customer": CustomerFacts.__dataclass_fields__, "internal": InternalFacts.__dataclass_fields__}
_SHAPES: Mapping[str, Callable[[_Facts, str, Occasion], _Facts]] = {
    "usual": _usual,
    "short": _short,
    "long": _long,
    "hostile": _hostile,
}
SHAPES = tuple(_SHAPES)
