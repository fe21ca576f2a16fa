"""
The index of moves: each move that people make, and the events that only moves bring about.

A new move has its line in both unions, its name and its row in the lifecycle, and all else in a file of its own.
"""

from dataclasses import fields
from typing import get_args

from escalation.case.lifecycle import Move
from escalation.case.moves.acknowledge import Acknowledge, Acknowledged
from escalation.case.moves.add_comment import AddComment, CommentAdded
from escalation.case.moves.add_evidence import AddEvidence, EvidenceAdded
from escalation.case.moves.answer_question import AnswerQuestion, QuestionAnswered
from escalation.case.moves.answer_survey import AnswerSurvey, SurveyAnswered
from escalation.case.moves.approve_rca import ApproveRca, RcaApproved
from escalation.case.moves.approve_text import ApproveText, TextApproved
from escalation.case.moves.ask_customer import AskCustomer, CustomerAsked
from escalation.case.moves.begin_resolution import BeginResolution, ResolutionBegun
from escalation.case.moves.cancel import Cancel, Cancelled
from escalation.case.moves.change_priority import ChangePriority, PriorityChanged
from escalation.case.moves.close import Close, Closed
from escalation.case.moves.confirm_access import AccessAnswered, ConfirmAccess
from escalation.case.moves.correct_contact import ContactCorrected, CorrectContact
from escalation.case.moves.declare_resolved import DeclareResolved, ResolutionDeclared
from escalation.case.moves.deploy_task_force import DeployTaskForce, TaskForceDeployed
from escalation.case.moves.derive_rca import DeriveRca, RcaDerived
from escalation.case.moves.edit_text import EditText, TextEdited
from escalation.case.moves.file_post_mortem import FilePostMortem, PostMortemFiled
from escalation.case.moves.file_rca import FileRca, RcaFiled
from escalation.case.moves.finish_action import ActionFinished, FinishAction
from escalation.case.moves.mark_seen import AlertsSeen, MarkSeen
from escalation.case.moves.nudge_owner import NudgeOwner, OwnerNudged
from escalation.case.moves.pause import ClocksPaused, ClocksResumed, PauseClocks, ResumeClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.record_customer_message import CustomerMessageRecorded, RecordCustomerMessage
from escalation.case.moves.reject_resolution import RejectResolution, ResolutionRejected
from escalation.case.moves.reject_text import RejectText
from escalation.case.moves.reopen import Reopen, Reopened
from escalation.case.moves.report_trigger import ReportTrigger, TriggerReported
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.revise_plan import PlanRevised, RevisePlan
from escalation.case.moves.revoke_page import PageRevoked, RevokePage
from escalation.case.moves.send_back_rca import RcaSentBack, SendBackRca
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.settle_ticket import SettleTicket, TicketSettled
from escalation.case.moves.share_rca import RcaShared, ShareRca
from escalation.case.moves.stand_down_task_force import StandDownTaskForce
from escalation.case.moves.state_impact import ImpactStated, StateImpact
from escalation.case.moves.tick_response import ResponseTicked, TickResponse
from escalation.case.moves.transfer import Transfer, Transferred
from escalation.case.moves.verify_resolution import ResolutionVerified, VerifyResolution
from escalation.case.moves.waive_rca import RcaWaived, WaiveRca

PersonsCommand = (
    Acknowledge
    | RaiseLevel
    | Transfer
    | ReportTrigger
    | TickResponse
    | ChangePriority
    | PauseClocks
    | ResumeClocks
    | BeginResolution
    | RevisePlan
    | SendUpdate
    | DeclareResolved
    | VerifyResolution
    | RejectResolution
    | ConfirmAccess
    | SettleTicket
    | RequestRca
    | FileRca
    | DeriveRca
    | ApproveRca
    | SendBackRca
    | ShareRca
    | WaiveRca
    | Close
    | Reopen
    | Cancel
    | DeployTaskForce
    | StandDownTaskForce
    | AnswerSurvey
    | FilePostMortem
    | FinishAction
    | ApproveText
    | EditText
    | RejectText
    | CorrectContact
    | NudgeOwner
    | AddEvidence
    | AddComment
    | RecordCustomerMessage
    | StateImpact
    | AskCustomer
    | AnswerQuestion
    | RevokePage
    | MarkSeen
)
"""Every move that a person can ask for: one class each, and the wire name is the move's."""

PERSONS_COMMANDS: tuple[type[PersonsCommand], ...] = get_args(PersonsCommand)

COMMAND_OF: dict[Move, type[PersonsCommand]] = {command.move: command for command in PERSONS_COMMANDS}

MoveEvent = (
    Acknowledged
    | SurveyAnswered
    | RcaApproved
    | TextApproved
    | ResolutionBegun
    | Cancelled
    | PriorityChanged
    | Closed
    | AccessAnswered
    | ContactCorrected
    | ResolutionDeclared
    | TaskForceDeployed
    | RcaDerived
    | TextEdited
    | PostMortemFiled
    | RcaFiled
    | ActionFinished
    | ClocksPaused
    | ClocksResumed
    | ResolutionRejected
    | Reopened
    | TriggerReported
    | PlanRevised
    | TicketSettled
    | RcaSentBack
    | RcaShared
    | ResponseTicked
    | Transferred
    | ResolutionVerified
    | RcaWaived
    | OwnerNudged
    | EvidenceAdded
    | CommentAdded
    | CustomerMessageRecorded
    | ImpactStated
    | CustomerAsked
    | QuestionAnswered
    | PageRevoked
    | AlertsSeen
)
"""Events of moves; events that come by themselves too are listed in ``events.py``."""

EVENTS_OF: dict[Move, frozenset[str]] = {
    move: frozenset(
        str(each.default)
        for event in get_args(MoveEvent)
        if event.__module__ == command.__module__
        for each in fields(event)
        if each.name == "kind"
    )
    for move, command in COMMAND_OF.items()
}
"""The kinds of the events that a move makes: a move, or a pair that undo each other, is declared in one file."""
