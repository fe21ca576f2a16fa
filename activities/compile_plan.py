"""
Compile a start request and the playbook into a plan, and open hours further on.

All that drifts (YAML, time zones, holidays) is looked up here, once, and pinned in the answer. It must not know what
the rules make of a plan.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.predecessor import predecessor_of
from activities.sponsors import sponsors_of, with_sponsors
from activities.start_rate import StartRate
from escalation import contract
from escalation.case.effects import CheckStart, CompiledStart, CompilePlan, FindNamed, RecompilePlan
from escalation.case.moves.join_outage import JoinOutage
from escalation.case.request import StartRequest
from escalation.kernel.business_time import OpenHours
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, quote_input
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.policy.people import Contact
from escalation.policy.plan import Plan
from planning.calendars.open_hours import compile_further
from planning.calendars.time_zone_names import require_time_zone
from planning.plan.compiler import compile_plan, is_guest, recompile_plan
from planning.plan.contacts import contact_of
from planning.plan.start_faults import read_request
from planning.playbook.loader import Playbook

log = structlog.get_logger(__name__)


class Planner:
    """The quick activities of a start, of a join, and of a long life."""

    def __init__(self, playbook: Callable[[], Playbook], starts_of_one: int = 0) -> None:
        """*starts_of_one*: as for `StartRate`."""
        self._playbook = playbook
        self._starts = StartRate(starts_of_one)

    @activity.defn(name=contract.COMPILE_PLAN)
    async def compile_plan(self, asked: CompilePlan) -> CompiledStart:
        """
        Raises:
            BadRequest: With every fault of the request, its own and against the playbook.
            RateExceeded: If there were too many.
        """
        request = read_request(asked.key, asked.request, self._playbook())
        # Counted before anything is compiled: too many starts must not cost what a start costs.
        self._starts.count(request)
        plan, priority = compile_plan(self._playbook(), request, datetime.now(UTC))
        request = replace(request, predecessor=await predecessor_of(request))
        return CompiledStart(request=request, plan=await with_sponsors(plan, request), priority=priority)

    @activity.defn(name=contract.CHECK_START)
    async def check_start(self, asked: CheckStart) -> StartRequest:
        """
        A start that is repeated is checked as if it were the first.

        Raises:
            BadRequest: With every fault.
        """
        return read_request(asked.key, asked.request, self._playbook())

    @activity.defn(name=contract.CHECK_JOIN)
    async def check_join(self, asked: CheckStart) -> JoinOutage:
        """
        Return what the start of a case of the outage ``asked.key`` brings along: nobody is added whom the server or the
        start itself does not name.

        Raises:
            BadRequest: With every fault.
        """
        request = read_request(str(asked.request.get("key")), asked.request, self._playbook())
        if request.outage != asked.key:
            fault = Fault(where="outage", given=quote_input(request.outage), allowed=asked.key)
            raise BadRequest.because(reason("of.start", request.key), (fault,))
        return JoinOutage(
            by=request.submitted_by,
            case_key=request.key,
            customers=request.customers,
            services=request.services,
            linked_tickets=request.linked_tickets,
            problem_records=request.problem_records,
            evidence=request.evidence,
            sponsors=await sponsors_of(customer.account for customer in request.customers),
            is_guest=is_guest(request),
        )

    @activity.defn(name=contract.RECOMPILE_PLAN)
    async def recompile_plan(self, asked: RecompilePlan) -> Plan:
        """
        Raises:
            BadRequest: If the playbook does not have the escalation's category any more.
        """
        plan = recompile_plan(self._playbook(), asked.request, asked.opened_at, datetime.now(UTC))
        return await with_sponsors(plan.joined_by(self._named(asked.named)), asked.request)

    @activity.defn(name=contract.FIND_NAMED)
    async def find_named(self, asked: FindNamed) -> tuple[Contact, ...]:
        """Return those of *asked* whom the playbook has; a move that names others is refused for it."""
        return self._named(asked.named)

    def _named(self, ids: Iterable[str]) -> tuple[Contact, ...]:
        playbook = self._playbook()
        known = {**playbook.people, **playbook.teams, **playbook.rotas}
        return tuple(contact_of(playbook, id_) for id_ in dict.fromkeys(ids) if id_ in known)

    @activity.defn(name=contract.EXTEND_OPEN_HOURS)
    async def extend_open_hours(self, wanted: CompileOpenHours) -> OpenHours:
        return compile_further(wanted.definition, wanted.since, wanted.until)


@activity.defn(name=contract.CHECK_ZONE)
async def check_zone(name: str) -> None:
    """
    Raises:
        BadRequest: If there is no time zone of that name.
    """
    require_time_zone(name, "the correction")
