"""
Checks that the parts of a playbook fit together. They find every fault at once.

Each check yields what it finds and goes on. The form of each part was checked before (``schema.py``); the loader looks
up the places in the file afterwards. Names of other parts are checked in ``references.py``, levels in
``level_checks.py``, rotas in ``rota_checks.py``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path as FilePath

from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, EscalationError, quote_input
from escalation.policy.classification import Degree, Priority
from escalation.policy.plan import Basis
from escalation.policy.spans import Span
from planning.calendars.calendar_spec import CalendarSpec, HolidaySpec
from planning.calendars.open_hours import business_day_of, compile_hours, horizon_of
from planning.calendars.opening_hours import DAYS, parse_days
from planning.calendars.public_holidays import (
    list_countries,
    list_subdivisions,
    suggest_country,
    suggest_subdivision,
)
from planning.playbook.faults import Finding, Path, limit_faults, list_names
from planning.playbook.level_checks import level_faults
from planning.playbook.references import fields_in, reference_faults
from planning.playbook.rota_checks import rota_faults
from planning.playbook.schema import Playbook, TargetSpec, TimeBasis
from planning.playbook.value_types import OPTIONAL_CLOCKS, SPECIAL_ROLES, TARGET_CLOCKS

SHORTEST_CHASE = timedelta(minutes=10)
SLOWEST_FIRST_NOTICE = timedelta(hours=1)
_OF_THE_PRIORITY = {"approvals", "holding", "pause_reasons", "ack_within", "ack_expires"}
"""Spans that count minutes and hours as the priority of each escalation does."""


def check_playbook(playbook: Playbook, folder: FilePath | None = None) -> tuple[Finding, ...]:
    """Return every fault, each once; of very many, the first. *folder* has the calendars of its rotas."""
    return limit_faults(
        chain(
            reference_faults(playbook),
            _check_calendars(playbook),
            _check_people(playbook),
            rota_faults(playbook, folder),
            _check_permissions(playbook),
            _check_approvals(playbook),
            _check_spans(playbook),
            _check_priorities(playbook),
            _check_impact_and_urgency(playbook),
            level_faults(playbook),
        )
    )


def check_open_hours(playbook: Playbook, now: datetime) -> tuple[Finding, ...]:
    """Return the faults from *now* on, of a playbook without other faults."""
    return tuple(_check_closed_calendars(playbook, *horizon_of(now)))


def _check_closed_calendars(playbook: Playbook, since: datetime, until: datetime) -> Iterator[Finding]:
    for name, calendar in playbook.calendars.items():
        try:
            compile_hours(calendar, since, until, name)
        except BadRequest as refused:
            given, allowed = map(EscalationError.say, (refused.faults[0].given, refused.faults[0].allowed))
            yield Finding(("calendars", name), given, allowed)


def _check_calendars(playbook: Playbook) -> Iterator[Finding]:
    for name, calendar in playbook.calendars.items():
        path = ("calendars", name, "weekly")
        if not business_day_of(calendar):
            yield Finding(path, "a calendar that is never open", "some hours on some day")
        days = Counter(day for written in calendar.weekly for day in parse_days(written))
        twice = [DAYS[day] for day, times in days.items() if times > 1]
        if twice:
            yield Finding(path, f"{list_names(twice)} more than once", "each day once, with all of its hours")
        yield from _check_days_off(("calendars", name), calendar)


def _check_spans(playbook: Playbook) -> Iterator[Finding]:
    for path, _, value in fields_in(playbook):
        if isinstance(value, Span) and (path[0] in _OF_THE_PRIORITY or path[-1] in _OF_THE_PRIORITY):
            yield from _refuse_calendar_days(playbook, path, value, playbook.priorities)
    span = playbook.chase_every
    if span.always_in_open_hours:
        yield Finding(("chase_every",), quote_input(span.written), "a span in minutes, hours or days")
    elif span.elapsed < SHORTEST_CHASE:
        yield Finding(("chase_every",), quote_input(span.written), "at least 10 min")


def _check_days_off(path: Path, calendar: CalendarSpec) -> Iterator[Finding]:
    for number, day in enumerate(calendar.closed_on):
        if day in calendar.half_days:
            given = f"{day}, which is a half day too"
            yield Finding((*path, "closed_on", number), given, "a date in one of both")
    for number, rules in enumerate(calendar.holidays):
        yield from _check_holidays((*path, "holidays", number), rules)


def _check_holidays(path: Path, rules: HolidaySpec) -> Iterator[Finding]:
    countries = list_countries()
    if rules.country not in countries:
        allowed = f"a country by two letters: {list_names(countries)}"
        yield Finding((*path, "country"), quote_input(rules.country), allowed, suggest_country(rules.country))
    elif rules.subdivision and rules.subdivision not in (known := list_subdivisions(rules.country)):
        allowed = f"of {rules.country}: {list_names(known)}"
        meant = suggest_subdivision(rules.country, rules.subdivision)
        yield Finding((*path, "subdivision"), quote_input(rules.subdivision), allowed, meant)


def _check_people(playbook: Playbook) -> Iterator[Finding]:
    for name in playbook.teams:
        path = ("teams", name)
        if name in playbook.people:
            yield Finding(
                path, f"{quote_input(name)}, which is a person's id too", "an id that nobody else has"
            )
    for role in playbook.roles:
        if role in playbook.people or role in playbook.teams or role in playbook.rotas:
            holder = playbook.people_with(role)[0]
            at = ("people", holder, "roles", playbook.people[holder].roles.index(role))
            yield Finding(
                at,
                f"the role {quote_input(role)}, which is an id too",
                "a role that is no person's, team's or rota's id",
            )


def _check_permissions(playbook: Playbook) -> Iterator[Finding]:
    for move, roles in playbook.permissions.items():
        if not roles:
            known = list_names((*SPECIAL_ROLES, *playbook.roles))
            yield Finding(
                ("permissions", move), reason("given.nobody_may", move), f"some of the roles: {known}"
            )


def _check_approvals(playbook: Playbook) -> Iterator[Finding]:
    path, rules = ("approvals",), playbook.approvals
    only = playbook.ids_of(rules.customer_updates)
    if len(only) == 1 and only[0] in playbook.people and not rules.author_may_approve:
        given = f"{only[0]} alone, who could not approve a text of their own"
        yield Finding((*path, "customer_updates"), given, "somebody more, or author_may_approve: true")


def _check_priorities(playbook: Playbook) -> Iterator[Finding]:
    for priority in Priority:
        if priority not in playbook.priorities:
            yield Finding(
                ("priorities",), f"no {priority}", f"all of {list_names(Priority)}", is_absence=True
            )
    for clock, rules in playbook.targets.items():
        yield from _check_target(playbook, ("targets", clock), rules, tuple(playbook.priorities), clock)
    for priority, written in playbook.priorities.items():
        path = ("priorities", priority)
        for clock, rules in written.targets.items():
            yield from _check_target(playbook, (*path, "targets", clock), rules, (priority,), clock)
        given = {*written.targets, *playbook.targets, *OPTIONAL_CLOCKS}
        missing = [clock for clock in TARGET_CLOCKS if clock not in given]
        if missing:
            yield Finding((*path, "targets"), "no target", f"one for {list_names(missing)}", is_absence=True)


def _check_target(
    playbook: Playbook, path: Path, rules: TargetSpec, priorities: Iterable[Priority], clock: ClockName
) -> Iterator[Finding]:
    """Check a target of some priorities; a target that each of them sets for itself concerns nobody."""
    span = rules.within
    using = [
        priority
        for priority in priorities
        if path[0] == "priorities" or clock not in playbook.priorities[priority].targets
    ]
    yield from _refuse_calendar_days(playbook, path, span, using)
    by_business = {p for p in using if playbook.priorities[p].basis is TimeBasis.BUSINESS}
    if clock is ClockName.FIRST_NOTIFICATION and set(using) - {Priority.P4}:
        sleeps = span.always_in_open_hours or (span.basis is Basis.PRIORITY and by_business - {Priority.P4})
        if sleeps or span.elapsed > SLOWEST_FIRST_NOTICE:
            yield Finding(path, quote_input(span.written), "at most 1 h 24x7, for any priority but P4")


def _check_impact_and_urgency(playbook: Playbook) -> Iterator[Finding]:
    path = ("priority_from",)
    for impact in Degree:
        row = playbook.priority_from.get(impact)
        if row is None:
            yield Finding(path, f"no impact {impact}", f"all of {list_names(Degree)}", is_absence=True)
            continue
        missing = [urgency for urgency in Degree if urgency not in row]
        if missing:
            given = f"no priority for urgency {list_names(missing)}"
            yield Finding((*path, impact), given, f"all of {list_names(Degree)}", is_absence=True)


def _refuse_calendar_days(
    playbook: Playbook, path: Path, span: Span, priorities: Iterable[Priority]
) -> Iterator[Finding]:
    """Refuse days of the wall clock, which a priority in business hours does not count."""
    by_business = [p for p in priorities if playbook.priorities[p].basis is TimeBasis.BUSINESS]
    if span.basis is Basis.CALENDAR_DAYS and by_business:
        allowed = f"business days or hours: {list_names(by_business)} counts business hours"
        yield Finding(path, quote_input(span.written), allowed)
