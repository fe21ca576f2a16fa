"""
Readers of the values that runs read and write, built before the first run needs one.

One takes up to 0.1 s of a core, all of them a second. Where a worker begins with many runs at once, the thread of each
would build its own, none would be ready within two seconds, and the SDK would take them all for deadlocked (TMPRL1101).
"""

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, get_args

from escalation import contract
from escalation.case import effects, record_batch, view
from escalation.case.events import Event
from escalation.case.merge import TakeOver
from escalation.case.move_index import PERSONS_COMMANDS
from escalation.kernel import refusals
from escalation.kernel.proof import ProofCheck, Verdict
from escalation.kernel.values import reader_of
from escalation.notifications import notification
from escalation.notifications.delivery_results import DeliveryResult
from escalation.policy.plan import Plan
from escalation.sponsorship import state as sponsorship
from escalation.sponsorship.move_index import PERSONS_COMMANDS as SPONSORSHIP_COMMANDS
from escalation.sponsorship.move_index import AnyEvent
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.task_force.commands import MEMBERS_COMMANDS, EscalationsCommand
from escalation.task_force.events import TaskForceEvent
from escalation.task_force.state import OpenTask, StatusReport
from escalation.task_force.updates import TaskForceUpdate
from escalation.task_force.view import TaskForceAnswer

_TRAVEL = (contract, effects, record_batch, view, refusals, notification, sponsorship)
"""Modules whose values are inputs, answers or states of runs."""


def build_readers() -> None:
    """Build all; those that are there already cost nothing."""
    for kind in _read_by_runs():
        reader_of(kind)


def _read_by_runs() -> Iterator[Any]:
    for module in _TRAVEL:
        yield from filter(is_dataclass, vars(module).values())
    for union in (Event, TaskForceEvent, AnyEvent):  # each event is measured in bytes
        yield from get_args(get_args(union)[0])
    yield from (*PERSONS_COMMANDS, *SPONSORSHIP_COMMANDS, *MEMBERS_COMMANDS, *get_args(EscalationsCommand))
    yield from (
        TakeOver,
        TaskForceUpdate,
        TaskForceAnswer,
        OpenTask,
        StatusReport,
        PlaybookPeople,
        ProofCheck,
    )
    yield from (Plan, Verdict, tuple[DeliveryResult, ...], Any, bool, str)
