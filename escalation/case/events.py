"""
Events of an escalation: past tense, each with who, when and why (ROLE-3).

Events are the record. The state is a fold over them (``start.fold``), so they carry all that the state needs.
"""

from typing import Annotated

from pydantic import Field

from escalation.case.clock_table import CommunicationBegun
from escalation.case.close_preparation import RcaRequested
from escalation.case.delivery_report import DeliveryReported
from escalation.case.follow_up import ActionsReminded, SuccessorAsked
from escalation.case.levels import AcknowledgementExpired, ContactTried, LevelRaised, SponsorshipProposed
from escalation.case.merge import EscalationTakenOver
from escalation.case.move_index import MoveEvent
from escalation.case.moves.join_outage import CustomerJoined
from escalation.case.moves.rebase import Rebased
from escalation.case.next_update import UpdateSent
from escalation.case.on_call import OnCallFound
from escalation.case.question_reminder import QuestionReminded, QuestionsEnded
from escalation.case.start import Opened
from escalation.case.system_events import MoveRefused, OpenHoursExtended, PeopleNamed
from escalation.case.task_forces import TaskForceReported, TaskForceStoodDown
from escalation.case.text_approval import TextRejected, TextSubmitted
from escalation.kernel.clock_events import ClockEvent

Event = Annotated[
    MoveEvent
    | Opened
    | CommunicationBegun
    | LevelRaised
    | AcknowledgementExpired
    | OnCallFound
    | ContactTried
    | PeopleNamed
    | Rebased
    | UpdateSent
    | QuestionReminded
    | QuestionsEnded
    | RcaRequested
    | SponsorshipProposed
    | ClockEvent
    | OpenHoursExtended
    | DeliveryReported
    | MoveRefused
    | TaskForceReported
    | TaskForceStoodDown
    | SuccessorAsked
    | ActionsReminded
    | CustomerJoined
    | EscalationTakenOver
    | TextSubmitted
    | TextRejected,
    Field(discriminator="kind"),
]


CLOCKWORK = frozenset({"clock_started", "clock_ended", "threshold_passed", "thresholds_skipped"})
"""Kinds of events that only keep time: on record, and seldom worth a line to people in a hurry."""
