"""
Plan of one escalation, compiled from a playbook and a request: everything resolved, pinned, and small.

Roles become people, inherited levels complete ones, spans times, calendars UTC intervals. What happens by the plan is
for the rules.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain

from escalation.case.case_size import require_plan_fits
from escalation.case.lifecycle import Move
from escalation.case.request import StartRequest
from escalation.kernel.clock_name import ClockName
from escalation.kernel.ids import tenant_of
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, RoleNotAllowed
from escalation.kernel.values import to_plain
from escalation.policy.classification import Priority
from escalation.policy.people import Contact, Desk
from escalation.policy.plan import (
    ActionPolicy,
    Calendar,
    HoldingPolicy,
    Level,
    PausePolicy,
    Plan,
    PlaybookRef,
    PriorityPolicy,
    SurveyPolicy,
    Target,
    TextApproval,
    Trigger,
    Window,
)
from escalation.policy.spans import Span, WindowSpan
from planning.calendars.compile_ahead import CountedSpan, compile_ahead, counted_spans_of
from planning.calendars.open_hours import compile_desk_time, definition_of, horizon_of
from planning.plan.contacts import contact_of
from planning.plan.start_faults import start_faults_of
from planning.playbook.effective_levels import EffectiveLevel, entry_level_of, executive_level_of, levels_of
from planning.playbook.level_spec import AcknowledgedBy
from planning.playbook.people_spec import DeskSpec
from planning.playbook.schema import (
    AccountSpec,
    PauseSpec,
    Playbook,
    PrioritySpec,
    SurveySpec,
    TierSpec,
    TimeBasis,
)


def compile_plan(playbook: Playbook, request: StartRequest, now: datetime) -> tuple[Plan, Priority]:
    """
    Return the plan of the escalation that *request* starts *now*, and its priority.

    Raises:
        BadRequest: With every fault that the request has against the playbook; if the plan is too large.
        RoleNotAllowed: If it continues an earlier one, or enters higher, and its author may not reopen (CLOSE-9).
    """
    check_request(playbook, request)
    _require_may_return(playbook, request)
    plan = _compile(playbook, request, horizon_of(now)[0], now)
    require_plan_fits(plan)
    return plan, priority_of(playbook, request)


def check_request(playbook: Playbook, request: StartRequest) -> None:
    """
    Raises:
        BadRequest: With every fault that *request* has against the playbook.
    """
    _refuse_faults(request, start_faults_of(playbook, to_plain(request, but_defaults=True)))


def recompile_plan(playbook: Playbook, request: StartRequest, opened_at: datetime, now: datetime) -> Plan:
    """
    Return the plan by which an escalation that is open since *opened_at* would go on *now*.

    Whoever started it may have left.

    Raises:
        BadRequest: If the playbook does not have its category any more.
    """
    matrix = {"issue_type": request.issue_type, "category": request.category}
    _refuse_faults(request, start_faults_of(playbook, matrix))
    plan = _compile(playbook, request, horizon_of(opened_at)[0], now)
    require_plan_fits(plan)
    return plan


def _refuse_faults(request: StartRequest, faults: tuple[Fault, ...]) -> None:
    if faults:
        raise BadRequest.because(reason("of.start", request.key), faults)


def priority_of(playbook: Playbook, request: StartRequest) -> Priority:
    """
    Return the priority as given, or else by impact and urgency (START-2).

    The tier of an affected customer raises it (KIND-3), unless the request continues an escalation (CLOSE-9).
    """
    priority = request.priority
    if priority and request.is_returning:
        return priority
    if priority is None:
        assert request.impact
        assert request.urgency
        priority = playbook.priority_from[request.impact][request.urgency]
    by = max((tier.raises_priority for tier in _tiers_of(playbook, request)), default=0)
    order = tuple(Priority)
    return order[max(0, order.index(priority) - by)]


def _tiers_of(playbook: Playbook, request: StartRequest) -> Iterator[TierSpec]:
    """Yield the tiers of the affected customers that the playbook describes."""
    return (tier for _, tier in _customers_of(playbook, request) if tier)


def _customers_of(
    playbook: Playbook, request: StartRequest
) -> Iterator[tuple[AccountSpec | None, TierSpec | None]]:
    for customer in request.customers:
        account = playbook.accounts.get(customer.account)
        tier = account.tier if account and account.tier else customer.tier
        yield account, playbook.tiers.get(tier)


def _customer_calendar_of(playbook: Playbook, request: StartRequest) -> str | None:
    """Return the calendar of the first affected customer who has one (CLOCK-5)."""
    found = (spec.calendar for each in _customers_of(playbook, request) for spec in each if spec)
    return next((calendar for calendar in found if calendar), None)


def is_guest(request: StartRequest) -> bool:
    """Tell whether *request* joins an outage of another tenant."""
    return request.outage is not None and tenant_of(request.outage) != tenant_of(request.key)


def _require_may_return(playbook: Playbook, request: StartRequest) -> None:
    allowed = playbook.permissions.get(Move.REOPEN)
    if allowed is None or (request.predecessor is None and request.entry_level is None):
        return
    person = playbook.people[request.submitted_by]
    if not set(person.roles) & set(allowed):
        roles = ", ".join(allowed)
        raise RoleNotAllowed(f"{request.key}: {person.name} may not reopen; roles that may: {roles}")


def _compile(playbook: Playbook, request: StartRequest, since: datetime, now: datetime) -> Plan:
    plan = _compile_without_people(playbook, request, since, now)
    contacts = _contacts_of(playbook, plan, request.submitted_by)
    known = {contact.id for contact in contacts}
    others = tuple(person for person in playbook.people if person not in known)
    return replace(plan, contacts=contacts, others=others)


def _compile_without_people(
    playbook: Playbook, request: StartRequest, since: datetime, now: datetime
) -> Plan:
    kind = playbook.issue_types[request.issue_type]
    category = kind.categories[request.category]
    levels = tuple(
        _compile_level(playbook, level) for level in levels_of(playbook, request.issue_type, request.category)
    )
    priorities = {
        priority: _compile_priority(playbook, playbook.priorities[priority]) for priority in Priority
    }
    customer_calendar = _customer_calendar_of(playbook, request)
    duties = {name: playbook.ids_of(who) for name, who in playbook.duties}
    pauses = {name: _compile_pause(playbook, spec) for name, spec in playbook.pause_reasons.items()}
    survey = _compile_survey(playbook.survey) if playbook.survey else None
    approval = _compile_approval(playbook)
    named = (level.calendar for level in levels), (policy.calendar for policy in priorities.values())
    calendars = dict.fromkeys((playbook.calendar, customer_calendar, *chain.from_iterable(named)))
    spans = counted_spans_of(levels, priorities, pauses.values(), survey, approval)
    return Plan(
        playbook=PlaybookRef(name=playbook.name, version=playbook.version, sha256=playbook.sha256),
        issue_type=request.issue_type,
        category=request.category,
        levels=levels,
        entry_level=max(
            entry_level_of(playbook, kind, category)[0] or 1,
            *(tier.entry_level for tier in _tiers_of(playbook, request)),
            1,
        ),
        executive_level=executive_level_of(playbook, kind, category)[0] or len(levels),
        priorities=priorities,
        contacts=(),
        permissions={move.value: roles for move, roles in playbook.permissions.items()},
        calendars={name: _compile_calendar(playbook, name, since, now, spans) for name in calendars if name},
        calendar=playbook.calendar,
        desk=compile_desk_time(playbook.calendars[playbook.calendar], now),
        customer_calendar=customer_calendar,
        question_pause=playbook.question_pause,
        help_desk=_compile_desk(playbook.desk) if playbook.desk else None,
        evidence_wanted=playbook.evidence_wanted,
        pause_reasons=pauses,
        skills={skill: playbook.ids_of((who,))[0] for skill, who in playbook.skills.items()},
        escalation_managers=duties["escalation_managers"],
        architects=duties["architects"],
        problem_coordinators=duties["problem_coordinators"],
        engagement_managers=duties["engagement_managers"],
        bring_in=duties["bring_in"],
        rca_approvers=duties["rca_approvers"],
        rca_waivable=playbook.rca.may_be_waived,
        holding_update=playbook.holding_update,
        holding=_compile_holding(playbook) if playbook.holding_update else None,
        chase_every=playbook.chase_every.elapsed,
        customer_preferences=playbook.messages.of_customers,
        survey=survey,
        actions=ActionPolicy(
            remind_before=playbook.actions.remind_before.elapsed,
            chase_every=playbook.actions.chase_every.elapsed,
        ),
        text_approval=approval,
    )


def _compile_calendar(
    playbook: Playbook, name: str, since: datetime, now: datetime, spans: tuple[CountedSpan, ...]
) -> Calendar:
    spec = playbook.calendars[name]
    return Calendar(hours=compile_ahead(spec, since, now, spans, name), definition=definition_of(spec))


def _compile_level(playbook: Playbook, level: EffectiveLevel) -> Level:
    spec = level.spec
    triggers = tuple(
        Trigger(name=name, says=trigger.says, to_level=trigger.to_level, reason=trigger.reason)
        for name, trigger in spec.triggers.items()
    )
    return Level(
        number=level.number,
        name=spec.name or f"level {level.number}",
        contacts=playbook.ids_of(spec.contacts),
        asks_all=spec.asks_all,
        needs_all=spec.acknowledge is AcknowledgedBy.ALL,
        window=_compile_window(spec.window) if spec.window else None,
        responses=spec.responses,
        triggers=triggers,
        managers=playbook.ids_of(spec.managers),
        unreached=spec.unreached,
        fallback=playbook.ids_of((spec.fallback,))[0] if spec.fallback else None,
        calendar=spec.calendar,
        ack_within=_compile_optional_target(spec.ack_within, playbook.remind_at),
        ack_expires=_compile_optional_target(spec.ack_expires, playbook.remind_at[-1:]),
    )


def _compile_window(window: WindowSpan) -> Window:
    return Window(minimum=window.minimum.elapsed, maximum=window.maximum.elapsed, basis=window.maximum.basis)


def _compile_priority(playbook: Playbook, spec: PrioritySpec) -> PriorityPolicy:
    targets = {**playbook.targets, **spec.targets}
    return PriorityPolicy(
        business_hours=spec.basis is TimeBasis.BUSINESS,
        targets={
            clock: _compile_target(
                target.within, playbook.remind_at if target.remind_at is None else target.remind_at
            )
            for clock in ClockName
            if (target := targets.get(clock))
        },
        stakeholders=playbook.ids_of(spec.stakeholders),
        entry_level=spec.entry_level,
        window_percent=spec.window_percent,
        calendar=spec.calendar,
        rca_required=spec.rca_required,
    )


def _compile_desk(spec: DeskSpec) -> Desk:
    return Desk(name=spec.name, telephone=spec.telephone or "", email=spec.email or "")


def _compile_survey(spec: SurveySpec) -> SurveyPolicy:
    return SurveyPolicy(within=_compile_target(spec.within), low_score=spec.low_score, reopens=spec.reopens)


def _compile_holding(playbook: Playbook) -> HoldingPolicy:
    every = _compile_target(playbook.holding.every, playbook.remind_at)
    return HoldingPolicy(at_most=playbook.holding.at_most, every=every)


def _compile_pause(playbook: Playbook, spec: PauseSpec) -> PausePolicy:
    return PausePolicy(
        stops=spec.stops, at_most=_compile_optional_target(spec.at_most, playbook.remind_at[-1:])
    )


def _compile_approval(playbook: Playbook) -> TextApproval | None:
    spec = playbook.approvals
    if not spec.customer_updates:
        return None
    return TextApproval(
        approvers=playbook.ids_of(spec.customer_updates),
        within=_compile_target(spec.within, playbook.remind_at),
        author_may=spec.author_may_approve,
    )


def _compile_target(span: Span, remind_at: tuple[int, ...] = ()) -> Target:
    return Target(after=span.elapsed, basis=span.basis, thresholds=remind_at)


def _compile_optional_target(span: Span | None, remind_at: tuple[int, ...]) -> Target | None:
    return _compile_target(span, remind_at) if span else None


def _contacts_of(playbook: Playbook, plan: Plan, submitted_by: str) -> tuple[Contact, ...]:
    """Return everybody whom this escalation can need, in the order of the playbook: who is notified or on call, who may
    act, every team and every rota."""
    roles = {role for names in playbook.permissions.values() for role in names}
    needed = {submitted_by, *playbook.teams, *playbook.rotas}
    needed |= {person for person in playbook.people if roles & set(playbook.people[person].roles)}
    needed |= {member for team in playbook.teams.values() for member in team.members}
    needed |= {member for rota in playbook.rotas for member in playbook.members_of(rota)}
    needed |= {person for rules in plan.priorities.values() for person in rules.stakeholders}
    needed |= set(plan.skills.values())
    for level in plan.levels:
        needed |= {*level.contacts, *level.managers, *filter(None, (level.fallback,))}
    for asked in (
        plan.escalation_managers,
        plan.architects,
        plan.problem_coordinators,
        plan.engagement_managers,
        plan.bring_in,
        plan.rca_approvers,
        plan.text_approval.approvers if plan.text_approval else (),
    ):
        needed |= set(asked)
    known = (*playbook.people, *playbook.teams, *playbook.rotas)
    return tuple(contact_of(playbook, id_) for id_ in known if id_ in needed)
