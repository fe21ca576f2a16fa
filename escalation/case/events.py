"""
What happened to an escalation: past tense, each with who, when and why (ROLE-3).

Events are the record. The state is a fold over them (``record.py``), so they carry all that the state needs.
"""

from typing import Annotated

from pydantic import Field

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

Event = Annotated[
    Opened
    | CommunicationBegun
    | Acknowledged
    | LevelRaised
    | AcknowledgementExpired
    | OnCallFound
    | ContactTried
    | Transferred
    | PeopleNamed
    | TriggerReported
    | ResponseTicked
    | PriorityChanged
    | ClocksPaused
    | ClocksResumed
    | Rebased
    | ResolutionBegun
    | PlanRevised
    | UpdateSent
    | ResolutionDeclared
    | ResolutionRejected
    | ResolutionVerified
    | AccessAnswered
    | Reopened
    | TicketSettled
    | RcaRequested
    | RcaFiled
    | RcaDerived
    | RcaApproved
    | RcaShared
    | RcaWaived
    | Closed
    | Cancelled
    | SponsorshipProposed
    | ClockStarted
    | ThresholdPassed
    | ClockBreached
    | ClockChased
    | ClockEnded
    | OpenHoursExtended
    | DeliveryReported
    | MoveRefused
    | TaskForceDeployed
    | TaskForceReported
    | TaskForceStoodDown
    | SurveyAnswered
    | SuccessorAsked
    | PostMortemFiled
    | ActionFinished
    | ActionsReminded
    | CustomerJoined
    | EscalationTakenOver
    | TextSubmitted
    | TextEdited
    | TextApproved
    | TextRejected
    | ContactCorrected,
    Field(discriminator="kind"),
]
