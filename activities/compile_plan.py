"""
Compile a start request and the playbook into a plan, and open hours further on.

All that drifts (YAML, time zones, holidays) is looked up here, once, and pinned in the answer. It must not know what
the rules make of a plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError
from temporalio import activity

from activities.predecessor import predecessor_of
from activities.sponsors import sponsors_of, with_sponsors
from activities.start_rate import StartRate
from escalation.case.commands import JoinOutage
from escalation.case.effects import (
    CheckStart,
    CompiledStart,
    CompileOpenHours,
    CompilePlan,
    FindNamed,
    RecompilePlan,
)
from escalation.case.request import StartRequest
from escalation.case.state_size import require_request_fits
from escalation.kernel.business_time import OpenHours
from escalation.kernel.refusals import BadRequest, Fault, Misspelled, faults_of, quote_input
from escalation.policy.plan import Contact, Plan
from planning.calendars.open_hours import compile_further
from planning.calendars.time_zone_names import time_zone_of
from planning.plan.compiler import compile_plan, is_guest, recompile_plan
from planning.plan.contacts import contact_of
from planning.plan.start_faults import join_faults, start_faults_of
from planning.playbook.loader import Playbook, list_files, load_playbook

log = structlog.get_logger(__name__)


class PlaybookFile:
    """
    The playbook that new escalations are compiled from: read again when the file changes.

    A file that has become faulty does not stop new escalations: the last good one serves on, and the faults are
    logged.

    Raises:
        BadRequest: At once, if the first reading finds faults.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files, self._marks = _watched(path)
        self._playbook = load_playbook(path)

    def current(self) -> Playbook:
        if self._marks == _marks(self._files, self._path.parent):
            return self._playbook
        self._files, self._marks = _watched(self._path)  # before it is read: a change meanwhile is a change
        try:
            self._playbook = load_playbook(self._path)
            log.info("playbook_read", path=str(self._path))
        except BadRequest as fault:
            log.error("playbook_faulty_last_good_one_kept", path=str(self._path), fault=str(fault))
        return self._playbook


Marks = Mapping[Path, tuple[int, int, int] | None]
"""What changes with a file: its time of change, its size, which file it is; None: there is none."""


def _watched(path: Path) -> tuple[tuple[Path, ...], Marks]:
    """The files that the playbook is made of, and their marks."""
    files = list_files(path)
    return files, _marks(files, path.parent)


def _marks(files: Iterable[Path], folder: Path) -> Marks:
    """Of *files* and the other playbooks of the *folder*, which a mended one may extend."""
    return {file: _mark(file) for file in {*files, *folder.glob("*.yaml")}}


def _mark(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Planner:
    """The two quick activities of a start and of a long life."""

    def __init__(self, playbook: Callable[[], Playbook], starts_of_one: int = 0) -> None:
        """*starts_of_one*: as ``Starts``."""
        self._playbook = playbook
        self._starts = StartRate(starts_of_one)

    @activity.defn(name="compile_plan")
    async def compile_plan(self, asked: CompilePlan) -> CompiledStart:
        """
        Raises:
            BadRequest: With every fault of the request, its own and against the playbook.
            RateExceeded: If there were too many.
        """
        request = read_request(asked.key, asked.request, self._playbook())
        self._starts.count(request)
        plan, priority = compile_plan(self._playbook(), request, datetime.now(UTC))
        request = request.model_copy(update={"predecessor": await predecessor_of(request)})
        return CompiledStart(request=request, plan=await with_sponsors(plan, request), priority=priority)

    @activity.defn(name="check_start")
    async def check_start(self, asked: CheckStart) -> StartRequest:
        """
        A start that is repeated is checked as if it were the first.

        Raises:
            BadRequest: With every fault.
        """
        return read_request(asked.key, asked.request, self._playbook())

    @activity.defn(name="check_join")
    async def check_join(self, asked: CheckStart) -> JoinOutage:
        """
        What the start of a subject of the outage ``asked.key`` brings along: nobody is added whom the server or the
        start itself does not name.

        Raises:
            BadRequest: With every fault.
        """
        request = read_request(str(asked.request.get("key")), asked.request, self._playbook())
        if request.outage != asked.key:
            fault = Fault(where="outage", given=quote_input(request.outage), allowed=asked.key)
            raise BadRequest.because(f"the start of {request.key}", (fault,))
        return JoinOutage(
            by=request.submitted_by,
            ticket=request.key,
            customers=request.customers,
            services=request.services,
            linked_records=request.linked_records,
            problem_records=request.problem_records,
            evidence=request.evidence,
            sponsors=await sponsors_of(customer.account for customer in request.customers),
            is_guest=is_guest(request),
        )

    @activity.defn(name="recompile_plan")
    async def recompile_plan(self, asked: RecompilePlan) -> Plan:
        """
        Raises:
            BadRequest: If the playbook does not have the escalation's category any more.
        """
        plan = recompile_plan(self._playbook(), asked.request, asked.opened_at, datetime.now(UTC))
        return await with_sponsors(plan.joined_by(self._named(asked.named)), asked.request)

    @activity.defn(name="find_named")
    async def find_named(self, asked: FindNamed) -> tuple[Contact, ...]:
        """Those of *asked* whom the playbook has; a move that names others is refused for it."""
        return self._named(asked.named)

    def _named(self, ids: Iterable[str]) -> tuple[Contact, ...]:
        playbook = self._playbook()
        known = {**playbook.people, **playbook.teams, **playbook.rotas}
        return tuple(contact_of(playbook, id_) for id_ in dict.fromkeys(ids) if id_ in known)

    @activity.defn(name="extend_open_hours")
    async def extend_open_hours(self, wanted: CompileOpenHours) -> OpenHours:
        return compile_further(wanted.definition, wanted.since, wanted.until)


@activity.defn(name="check_zone")
async def check_zone(name: str) -> None:
    """
    Raises:
        BadRequest: If there is no time zone of that name.
    """
    try:
        time_zone_of(name)
    except Misspelled as misspelled:
        fault = Fault(
            where="time_zone",
            given=quote_input(name),
            allowed=str(misspelled),
            suggestion=misspelled.suggestion,
        )
        raise BadRequest.because("the correction", (fault,)) from None


def read_request(key: str, written: dict[str, Any], playbook: Playbook) -> StartRequest:
    """
    Raises:
        BadRequest: If *written* is no request for *key*, with every fault, its own and against *playbook*.
    """
    request, faults = None, tuple[Fault, ...]()
    try:
        request = StartRequest.model_validate(written)
    except ValidationError as error:
        faults = faults_of(error)
    faults = join_faults(faults, (*_of_key(key, written), *start_faults_of(playbook, written)))
    if faults or request is None:
        raise BadRequest.because(f"the start of {key}", faults)
    require_request_fits(request, f"the start of {key}")
    return request


def _of_key(key: str, written: dict[str, Any]) -> Iterator[Fault]:
    named = written.get("key")
    if named is not None and named != key:
        yield Fault(where="key", given=quote_input(named), allowed=f"the workflow's id, {key}")
