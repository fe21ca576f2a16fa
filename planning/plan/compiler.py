"""
From a playbook and a request to the plan of one escalation: everything resolved, pinned, and small.

Names of roles become people, inherited levels complete ones, spans times, calendars UTC intervals. Owns the faults
that a request can have against a playbook; what happens by the plan is for the rules.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from escalation.case.request import AffectedCustomer, StartRequest
from escalation.case.state_size import require_plan_fits
from escalation.kernel.clock_name import ClockName
from escalation.kernel.ids import tenant_of
from escalation.kernel.refusals import BadRequest, Fault, RoleNotAllowed
from escalation.policy.classification import Priority
from escalation.policy.move_name import Move
from escalation.policy.people import Contact
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
from planning.playbook.schema import (
    AcknowledgedBy,
    PauseSpec,
    Playbook,
    PrioritySpec,
    SurveySpec,
    TargetSpec,
    TierSpec,
    TimeBasis,
)


def compile_plan(playbook: Playbook, request: StartRequest, now: datetime) -> tuple[Plan, Priority]:
    """
    The plan of the escalation that *request* starts *now*, and its priority.

    Raises:
        BadRequest: With every fault that the request has against the playbook; if the plan is too large.
        RoleNotAllowed: If it continues an earlier one, or enters higher, and its author may not reopen (CLOSE-9).
    """
    check_request(playbook, request)
    _require_may_return(playbook, request)
    plan = _plan(playbook, request, horizon_of(now)[0], now)
    require_plan_fits(plan)
    return plan, priority_of(playbook, request)


def check_request(playbook: Playbook, request: StartRequest) -> None:
    """
    Raises:
        BadRequest: With every fault that *request* has against the playbook.
    """
    _refuse(request, start_faults_of(playbook, request.model_dump(mode="json", exclude_unset=True)))


def recompile_plan(playbook: Playbook, request: StartRequest, opened_at: datetime, now: datetime) -> Plan:
    """
    The plan by which an escalation that is open since *opened_at* would go on *now*; who started it may have left.

    Raises:
        BadRequest: If the playbook does not have its category any more.
    """
    matrix = {"issue_type": request.issue_type, "category": request.category}
    _refuse(request, start_faults_of(playbook, matrix))
    plan = _plan(playbook, request, horizon_of(opened_at)[0], now)
    require_plan_fits(plan)
    return plan


def _refuse(request: StartRequest, faults: tuple[Fault, ...]) -> None:
    if faults:
        raise BadRequest.because(f"the request for {request.key}", faults)


def priority_of(playbook: Playbook, request: StartRequest) -> Priority:
    """
    As given, or else by impact and urgency (START-2); raised by the tier of an affected customer (KIND-3), unless it
    continues one that was (CLOSE-9).
    """
    priority = request.priority
    if priority and request.is_returning:
        return priority
    if priority is None:
        assert request.impact
        assert request.urgency
        priority = playbook.priority_from[request.impact][request.urgency]
    by = max((tier.raises_priority for tier in _tiers(playbook, request)), default=0)
    order = tuple(Priority)
    return order[max(0, order.index(priority) - by)]


def _tiers(playbook: Playbook, request: StartRequest) -> Iterator[TierSpec]:
    """Of the affected customers, as far as the playbook says anything of them."""
    for customer in request.customers:
        tier = playbook.tiers.get(_tier_of(playbook, customer))
        if tier:
            yield tier


def _tier_of(playbook: Playbook, customer: AffectedCustomer) -> str:
    account = playbook.accounts.get(customer.account)
    return account.tier if account and account.tier else customer.tier


def _customer_calendar(playbook: Playbook, request: StartRequest) -> str | None:
    """Of the first affected customer who has one of their own (CLOCK-5)."""
    for customer in request.customers:
        account = playbook.accounts.get(customer.account)
        tier = playbook.tiers.get(_tier_of(playbook, customer))
        own = (account and account.calendar) or (tier and tier.calendar)
        if own:
            return own
    return None


def is_guest(request: StartRequest) -> bool:
    """Whether it joins an outage of another tenant."""
    return request.outage is not None and tenant_of(request.outage) != tenant_of(request.key)


def _require_may_return(playbook: Playbook, request: StartRequest) -> None:
    allowed = playbook.permissions.get(Move.REOPEN)
    if allowed is None or (request.predecessor is None and request.entry_level is None):
        return
    person = playbook.people[request.submitted_by]
    if not set(person.roles) & set(allowed):
        roles = ", ".join(allowed)
        raise RoleNotAllowed(f"{request.key}: {person.name} may not reopen; roles that may: {roles}")


def _plan(playbook: Playbook, request: StartRequest, since: datetime, now: datetime) -> Plan:
    kind = playbook.issue_types[request.issue_type]
    category = kind.categories[request.category]
    levels = tuple(
        _level(playbook, rung) for rung in levels_of(playbook, request.issue_type, request.category)
    )
    priorities = {priority: _priority(playbook, playbook.priorities[priority]) for priority in Priority}
    executive, _ = executive_level_of(playbook, kind, category)
    entry, _ = entry_level_of(playbook, kind, category)
    customer_calendar = _customer_calendar(playbook, request)
    counted = (
        playbook.calendar,
        customer_calendar,
        *(level.calendar for level in levels),
        *(rules.calendar for rules in priorities.values()),
    )
    duties = {name: playbook.ids_of(who) for name, who in playbook.duties}
    pauses = {name: _pause(playbook, rules) for name, rules in playbook.pause_reasons.items()}
    survey = _survey(playbook.survey) if playbook.survey else None
    approval = _text_approval(playbook)
    spans = counted_spans_of(levels, priorities, pauses.values(), survey, approval)
    plan = Plan(
        playbook=PlaybookRef(name=playbook.name, version=playbook.version, sha256=playbook.sha256),
        issue_type=request.issue_type,
        category=request.category,
        levels=levels,
        entry_level=max(entry or 1, *(tier.entry_level for tier in _tiers(playbook, request)), 1),
        executive_level=executive or len(levels),
        priorities=priorities,
        contacts=(),
        permissions=dict(playbook.permissions),
        calendars={
            name: _calendar(playbook, name, since, now, spans) for name in dict.fromkeys(counted) if name
        },
        calendar=playbook.calendar,
        desk=compile_desk_time(playbook.calendars[playbook.calendar], now),
        customer_calendar=customer_calendar,
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
        holding=_holding(playbook) if playbook.holding_update else None,
        chase_every=playbook.chase_every.elapsed,
        customer_preferences=playbook.messages.of_customers,
        survey=survey,
        actions=ActionPolicy(
            remind_before=playbook.actions.remind_before.elapsed,
            chase_every=playbook.actions.chase_every.elapsed,
        ),
        text_approval=approval,
    )
    contacts = _contacts(playbook, plan, request.submitted_by)
    known = {contact.id for contact in contacts}
    others = tuple(person for person in playbook.people if person not in known)
    return replace(plan, contacts=contacts, others=others)


def _calendar(
    playbook: Playbook, name: str, since: datetime, now: datetime, spans: tuple[CountedSpan, ...]
) -> Calendar:
    rules = playbook.calendars[name]
    hours = compile_ahead(rules, since, now, spans, name)
    return Calendar(hours=hours, definition=definition_of(rules))


def _level(playbook: Playbook, rung: EffectiveLevel) -> Level:
    rules = rung.rules
    triggers = tuple(
        Trigger(name=name, says=trigger.says, to_level=trigger.to_level, reason=trigger.reason)
        for name, trigger in rules.triggers.items()
    )
    return Level(
        number=rung.number,
        name=rules.name or f"level {rung.number}",
        contacts=playbook.ids_of(rules.contacts),
        asks_all=rules.asks_all,
        needs_all=rules.acknowledge is AcknowledgedBy.ALL,
        window=_window(rules.window) if rules.window else None,
        responses=rules.responses,
        triggers=triggers,
        managers=playbook.ids_of(rules.managers),
        unreached=rules.unreached,
        fallback=playbook.ids_of((rules.fallback,))[0] if rules.fallback else None,
        calendar=rules.calendar,
        ack_within=_within(rules.ack_within, playbook.remind_at),
        ack_expires=_within(rules.ack_expires, playbook.remind_at[-1:]),
    )


def _window(window: WindowSpan) -> Window:
    return Window(minimum=window.minimum.elapsed, maximum=window.maximum.elapsed, basis=window.maximum.basis)


def _priority(playbook: Playbook, written: PrioritySpec) -> PriorityPolicy:
    targets = {**playbook.targets, **written.targets}
    return PriorityPolicy(
        business_hours=written.basis is TimeBasis.BUSINESS,
        targets={clock: _target(playbook, targets[clock]) for clock in ClockName if clock in targets},
        stakeholders=playbook.ids_of(written.stakeholders),
        entry_level=written.entry_level,
        window_percent=written.window_percent,
        calendar=written.calendar,
        rca_required=written.rca_required,
    )


def _survey(written: SurveySpec) -> SurveyPolicy:
    within = Target(after=written.within.elapsed, basis=written.within.basis)
    return SurveyPolicy(within=within, low_score=written.low_score, reopens=written.reopens)


def _holding(playbook: Playbook) -> HoldingPolicy:
    rules = playbook.holding
    every = Target(after=rules.every.elapsed, basis=rules.every.basis, thresholds=playbook.remind_at)
    return HoldingPolicy(at_most=rules.at_most, every=every)


def _pause(playbook: Playbook, rules: PauseSpec) -> PausePolicy:
    return PausePolicy(stops=rules.stops, at_most=_within(rules.at_most, playbook.remind_at[-1:]))


def _text_approval(playbook: Playbook) -> TextApproval | None:
    rules = playbook.approvals
    within = _within(rules.within, playbook.remind_at)
    if not rules.customer_updates or within is None:
        return None
    approvers = playbook.ids_of(rules.customer_updates)
    return TextApproval(approvers=approvers, within=within, author_may=rules.author_may_approve)


def _target(playbook: Playbook, rules: TargetSpec) -> Target:
    remind_at = playbook.remind_at if rules.remind_at is None else rules.remind_at
    return Target(after=rules.within.elapsed, basis=rules.within.basis, thresholds=remind_at)


def _within(span: Span | None, remind_at: tuple[int, ...]) -> Target | None:
    return Target(after=span.elapsed, basis=span.basis, thresholds=remind_at) if span else None


def _contacts(playbook: Playbook, plan: Plan, submitted_by: str) -> tuple[Contact, ...]:
    """Everybody whom this escalation can need, in the order of the playbook: who is told or on call, who may act,
    every team and every rota."""
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
