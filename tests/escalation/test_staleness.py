"""Messages that are outdated after they waited (COMM-12)."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from escalation.case import commands as c
from escalation.case.engine import Decision, decide
from escalation.case.events import Event
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.send_update import SendUpdate
from escalation.case.outdated_notifications import find_outdated
from escalation.case.resolution import AccessAnswer
from escalation.case.state import Escalation
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.notification import (
    CustomerNotification,
    InternalNotification,
    NotificationBatch,
    Occasion,
)
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from tests.builders import DECLARE, RCA_COURSE, VERIFY, a_plan, monday, notices, opening
from tests.said import said

Notice = InternalNotification | CustomerNotification
Step = c.Command | datetime

ACKNOWLEDGE = Acknowledge(by="ana")
UPDATE = SendUpdate(by="ana", customer_text=CustomerText("Soon."), internal_note=InternalText("Roof."))
OUR_UPDATE = SendUpdate(by="ana", internal_note=InternalText("Roof."))
RAISE = RaiseLevel(by="ana", reason=EscalationReason.LACK_OF_AUTHORITY)
RISE = RaiseLevel(by="csm", reason=EscalationReason.LACK_OF_AUTHORITY)
CANCEL = Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=InternalText("withdrawn"))
REJECT = RejectResolution(by="ari", why=InternalText("still wet"))
REOPEN = Reopen(by="ed", why=InternalText("wet again"))
ACCESS = ConfirmAccess(by="eva", account="ACME", answer=AccessAnswer.YES)
TO_P2, TO_P4 = (ChangePriority(by="ed", priority=each) for each in (Priority.P2, Priority.P4))
FILE, DERIVE, APPROVE, SHARE = RCA_COURSE
IN_CLOSING = (DECLARE, VERIFY, RequestRca(by="ed"))


@dataclass
class Course:
    """
    An escalation of Monday at 09:00, with all that happened and all that was told.
    """

    now: Escalation = field(default_factory=lambda: opening().state)
    events: list[Event] = field(default_factory=lambda: list(opening().events))
    told: list[Notice] = field(default_factory=lambda: notices(opening().effects))
    at: datetime = field(default_factory=lambda: monday("09:00"))

    def take(self, *steps: Step) -> "Course":
        for step in steps:
            if isinstance(step, datetime):
                self.at = step
            decision: Decision = decide(self.now, Tick() if isinstance(step, datetime) else step, self.at)
            self.now = decision.state
            self.events += decision.events
            self.told += notices(decision.effects)
        return self

    def last(self, occasion: Occasion, audience: str) -> Notice:
        return [each for each in self.told if (each.occasion, each.audience) == (occasion, audience)][-1]

    def why_not(self, notice: Notice) -> set[str]:
        outdated = find_outdated(self.now, self.events, NotificationBatch(notices=(notice,)))
        return {said(why) for why in outdated.values()}


def why_not(
    occasion: Occasion, before: tuple[Step, ...], meanwhile: tuple[Step, ...], audience: str = "internal"
) -> set[str]:
    """Return why the last message *before* should not leave after what happened *meanwhile*."""
    course = Course().take(*before)
    notice = course.last(occasion, audience)
    return course.take(*meanwhile).why_not(notice)


@pytest.mark.parametrize(
    ("occasion", "before", "meanwhile", "why"),
    [
        (Occasion.ASSIGNED, (), (ACKNOWLEDGE,), "acknowledged meanwhile"),
        (Occasion.ASSIGNED, (), (RAISE,), "given to somebody else meanwhile"),
        (Occasion.ASSIGNED, (), (CANCEL,), "cancelled meanwhile"),
        # reminded that the level is due to rise; it has risen
        (Occasion.REMINDER, (monday("09:15"),), (RAISE,), "the clock has ended meanwhile"),
        (Occasion.UPDATE, (OUR_UPDATE,), (OUR_UPDATE,), "a newer update meanwhile"),
        (Occasion.PRIORITY_CHANGED, (TO_P2,), (TO_P4,), "P4 meanwhile"),
        (Occasion.VERIFICATION_WANTED, (DECLARE,), (REJECT,), "judged meanwhile"),
        (Occasion.VERIFICATION_WANTED, (DECLARE,), (VERIFY,), "judged meanwhile"),
        (Occasion.RESOLVED, (DECLARE, VERIFY), (REOPEN,), "reopened meanwhile"),
        # declared again, and not judged yet
        (Occasion.RESOLVED, (DECLARE, VERIFY), (REOPEN, DECLARE), "reopened meanwhile"),
        (Occasion.RCA_WANTED, IN_CLOSING, (FILE,), "filed or waived meanwhile"),
        (Occasion.RCA_APPROVAL_WANTED, (*IN_CLOSING, FILE, DERIVE), (APPROVE,), "decided meanwhile"),
    ],
)
def test_what_somebody_is_asked_for_is_dropped_once_it_is_done(
    occasion: Occasion, before: tuple[Step, ...], meanwhile: tuple[Step, ...], why: str
) -> None:
    """
    COMM-12: with the reason; until then it is true.
    """
    assert set() == why_not(occasion, before, ())
    assert {why} == why_not(occasion, before, meanwhile)


def test_customers_read_the_newest_update_alone() -> None:
    """
    COMM-12: a stale status is dropped; an internal note makes no customer's update stale.
    """
    assert {"a newer update meanwhile"} == why_not(Occasion.UPDATE, (UPDATE,), (UPDATE,), "customer")
    assert set() == why_not(Occasion.UPDATE, (UPDATE,), (OUR_UPDATE,), "customer")


def test_a_holding_update_takes_no_news_from_customers() -> None:
    """
    COMM-3, COMM-12: the update that waits is still the newest; of holding updates only the last is read.
    """
    opened = opening(priority="P2", plan=a_plan(holding_update=CustomerText("Still at work.")))
    course = Course(opened.state, list(opened.events), notices(opened.effects))
    update = course.take(monday("09:10"), ACKNOWLEDGE, UPDATE).last(Occasion.UPDATE, "customer")
    holding = course.take(monday("10:10")).last(Occasion.HOLDING, "customer")

    assert set() == course.why_not(update) | course.why_not(holding)
    assert {"a newer update meanwhile"} == course.take(monday("11:10")).why_not(holding)


@pytest.mark.parametrize(
    ("occasion", "before", "meanwhile", "audience"),
    [
        (Occasion.CASE_RECEIVED, (), (ACKNOWLEDGE, RAISE), "customer"),
        (Occasion.HAND_OVER, (RAISE,), (ACKNOWLEDGE,), "customer"),
        (Occasion.LEVEL_RAISED, (RISE,), (RISE,), "internal"),
        (Occasion.FIRST_NOTIFICATION, (), (ACKNOWLEDGE, DECLARE), "internal"),
        (Occasion.CANCELLED, (CANCEL,), (), "internal"),
        (Occasion.RESOLVED, (DECLARE, VERIFY), (ACCESS, Close(by="ed")), "customer"),
    ],
)
def test_what_happened_stays_true(
    occasion: Occasion, before: tuple[Step, ...], meanwhile: tuple[Step, ...], audience: str
) -> None:
    """
    COMM-12: dropping is for what would mislead, nothing else is withheld.
    """
    assert set() == why_not(occasion, before, meanwhile, audience)


def test_messages_of_another_escalation_are_not_judged() -> None:
    """
    The key may be a newer escalation's by now, which knows nothing of the older one.
    """
    course = Course()
    other = replace(course.last(Occasion.ASSIGNED, "internal"), escalation="ACME/4711@0")

    assert set() == course.take(ACKNOWLEDGE).why_not(other)
