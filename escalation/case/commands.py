"""
Commands to an escalation, of people and of its shell: imperative, one class each.

A person's command is named after its move; its ``kind`` is the name on the wire. The shell's commands
(``Open``, ``Tick``, ``ReportDelivery`` …) are no moves: they cannot be sent from outside.
"""

from escalation.case.merge import TakeOver
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.join_outage import JoinOutage
from escalation.case.moves.rebase import Rebase
from escalation.case.on_call import LookUpOnCall, ReportOnCall
from escalation.case.task_forces import NoteFailedDeployment, ReportTaskForce
from escalation.kernel.values import frozen
from escalation.notifications.system_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.policy.people import Contact


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
