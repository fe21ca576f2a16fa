"""
What people ask of an escalation, and what its shell reports to it: imperative, one class each.

A person's command is named after its move; its ``kind`` is the name on the wire. The shell's commands
(``Open``, ``Tick``, ``ReportDelivery`` …) are no moves: they cannot be sent from outside.
"""

from typing import get_args

from escalation.case.lifecycle import Move
from escalation.case.merge import TakeOver
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.approve_rca import ApproveRca
from escalation.case.moves.approve_text import ApproveText
from escalation.case.moves.begin_resolution import BeginResolution
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.correct_contact import CorrectContact
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.deploy_task_force import DeployTaskForce
from escalation.case.moves.derive_rca import DeriveRca
from escalation.case.moves.edit_text import EditText
from escalation.case.moves.file_post_mortem import FilePostMortem
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.finish_action import FinishAction
from escalation.case.moves.join_outage import JoinOutage
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.rebase import Rebase
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reject_text import RejectText
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.report_trigger import ReportTrigger
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.case.moves.share_rca import ShareRca
from escalation.case.moves.stand_down_task_force import StandDownTaskForce
from escalation.case.moves.tick_response import TickResponse
from escalation.case.moves.transfer import Transfer
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.moves.waive_rca import WaiveRca
from escalation.case.on_call import LookUpOnCall, ReportOnCall
from escalation.case.task_forces import NoteFailedDeployment, ReportTaskForce
from escalation.kernel.values import frozen
from escalation.notifications.shell_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.policy.people import Contact

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
)
"""Every move that a person can ask for: one class each, and the wire name is the move's."""

PERSONS_COMMANDS: tuple[type[PersonsCommand], ...] = get_args(PersonsCommand)
COMMAND_OF: dict[Move, type[PersonsCommand]] = {command.move: command for command in PERSONS_COMMANDS}


@frozen
class NamePeople:
    """A move that names people whom the plan did not have, with those of them whom the playbook has."""

    asked: PersonsCommand
    people: tuple[Contact, ...]


ShellsCommand = (
    Tick
    | ReportDelivery
    | ReportOnCall
    | LookUpOnCall
    | ExtendOpenHours
    | NoteRefusal
    | CancelByOperator
    | ReportTaskForce
    | NoteFailedDeployment
    | JoinOutage
    | TakeOver
    | NamePeople
)
Command = PersonsCommand | Rebase | ShellsCommand
