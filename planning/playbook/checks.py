"""
Whether the parts of a playbook fit together: every fault at once.

Each check yields what it finds and goes on. The form of each part was checked before (``schema.py``); places in
the file are looked up after (``loader.py``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path as FilePath

from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import BadRequest, nearest, quote_input
from escalation.policy.classification import Degree, Priority
from escalation.policy.plan import Basis, Unreached
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
from planning.on_call.rota_spec import RotaSpec
from planning.playbook.effective_levels import (
    EffectiveLevel,
    entry_level_of,
    executive_level_of,
    levels_of,
    path_of_category,
)
from planning.playbook.faults import Path, UnplacedFault, limit_faults, list_names, unknown_name
from planning.playbook.rota_checks import rota_faults
from planning.playbook.schema import (
    AcknowledgedBy,
    AskOrder,
    CategorySpec,
    IssueTypeSpec,
    Playbook,
    TargetSpec,
    TimeBasis,
)
from planning.playbook.value_types import OPTIONAL_CLOCKS, SPECIAL_ROLES, TARGET_CLOCKS

SHORTEST_CHASE = timedelta(minutes=10)
SLOWEST_FIRST_NOTICE = timedelta(hours=1)


def check_playbook(playbook: Playbook, folder: FilePath | None = None) -> tuple[UnplacedFault, ...]:
    """Everything that does not fit, each once; of very many, the first. *folder* is where its calendars lie."""
    return limit_faults(
        chain(
            _calendars(playbook),
            _people(playbook),
            rota_faults(playbook, folder),
            _duties(playbook),
            _approvals(playbook),
            _permissions(playbook),
            _priorities(playbook),
            _impact_and_urgency(playbook),
            _customers(playbook),
            _skills(playbook),
            _pauses(playbook),
            _holding(playbook),
            _matrix(playbook),
        )
    )


def check_open_hours(playbook: Playbook, now: datetime) -> tuple[UnplacedFault, ...]:
    """What does not fit from *now* on; of a playbook without other faults."""
    return tuple(_never_open(playbook, *horizon_of(now)))


def _never_open(playbook: Playbook, since: datetime, until: datetime) -> Iterator[UnplacedFault]:
    for name, calendar in playbook.calendars.items():
        try:
            compile_hours(calendar, since, until, name)
        except BadRequest as refused:
            yield UnplacedFault(("calendars", name), refused.faults[0].given, refused.faults[0].allowed)


def _calendars(playbook: Playbook) -> Iterator[UnplacedFault]:
    if playbook.calendar not in playbook.calendars:
        yield unknown_name(("calendar",), playbook.calendar, playbook.calendars)
    for name, calendar in playbook.calendars.items():
        path = ("calendars", name, "weekly")
        if not business_day_of(calendar):
            yield UnplacedFault(path, "a calendar that is never open", "some hours on some day")
        days = Counter(day for written in calendar.weekly for day in parse_days(written))
        twice = [DAYS[day] for day, times in days.items() if times > 1]
        if twice:
            yield UnplacedFault(
                path, f"{list_names(twice)} more than once", "each day once, with all of its hours"
            )
        yield from _days_off(("calendars", name), calendar)
    yield from _chase(playbook.chase_every)


def _chase(span: Span) -> Iterator[UnplacedFault]:
    if span.always_in_open_hours:
        yield UnplacedFault(("chase_every",), quote_input(span.written), "a span in minutes, hours or days")
    elif span.elapsed < SHORTEST_CHASE:
        yield UnplacedFault(("chase_every",), quote_input(span.written), "at least 10 min")


def _days_off(path: Path, calendar: CalendarSpec) -> Iterator[UnplacedFault]:
    for number, day in enumerate(calendar.closed_on):
        if day in calendar.half_days:
            given = f"{day}, which is a half day too"
            yield UnplacedFault((*path, "closed_on", number), given, "a date in one of both")
    for number, rules in enumerate(calendar.holidays):
        yield from _holidays((*path, "holidays", number), rules)


def _holidays(path: Path, rules: HolidaySpec) -> Iterator[UnplacedFault]:
    countries = list_countries()
    if rules.country not in countries:
        allowed = f"a country by two letters: {list_names(countries)}"
        yield UnplacedFault(
            (*path, "country"), quote_input(rules.country), allowed, suggest_country(rules.country)
        )
    elif rules.subdivision and rules.subdivision not in (known := list_subdivisions(rules.country)):
        allowed = f"of {rules.country}: {list_names(known)}"
        meant = suggest_subdivision(rules.country, rules.subdivision)
        yield UnplacedFault((*path, "subdivision"), quote_input(rules.subdivision), allowed, meant)


def _people(playbook: Playbook) -> Iterator[UnplacedFault]:
    for name, team in playbook.teams.items():
        path = ("teams", name)
        if name in playbook.people:
            yield UnplacedFault(
                path, f"{quote_input(name)}, which is a person's id too", "an id that nobody else has"
            )
        for number, member in enumerate(team.members):
            if member not in playbook.people:
                yield unknown_name(
                    (*path, "members", number), member, playbook.people, called=playbook.called
                )
    for role in playbook.roles:
        if role in playbook.people or role in playbook.teams or role in playbook.rotas:
            holder = playbook.holders(role)[0]
            at = ("people", holder, "roles", playbook.people[holder].roles.index(role))
            yield UnplacedFault(
                at,
                f"the role {quote_input(role)}, which is an id too",
                "a role that is no person's, team's or rota's id",
            )


def _duties(playbook: Playbook) -> Iterator[UnplacedFault]:
    for duty in type(playbook.duties).model_fields:
        yield from _told(playbook, ("duties", duty), getattr(playbook.duties, duty))


def _approvals(playbook: Playbook) -> Iterator[UnplacedFault]:
    path, rules = ("approvals",), playbook.approvals
    yield from _told(playbook, (*path, "customer_updates"), rules.customer_updates)
    yield from _no_calendar_days(playbook, (*path, "within"), rules.within, playbook.priorities)
    only = playbook.ids_of(rules.customer_updates)
    if len(only) == 1 and only[0] in playbook.people and not rules.author_may_approve:
        given = f"{only[0]} alone, who could not approve a text of their own"
        yield UnplacedFault((*path, "customer_updates"), given, "somebody more, or author_may_approve: true")


def _permissions(playbook: Playbook) -> Iterator[UnplacedFault]:
    known = (*SPECIAL_ROLES, *playbook.roles)
    for move, roles in playbook.permissions.items():
        path = ("permissions", move)
        if not roles:
            yield UnplacedFault(
                path, f"nobody who may {move.words}", f"some of the roles: {list_names(known)}"
            )
        for number, role in enumerate(roles):
            if role not in known:
                yield unknown_name((*path, number), role, known, "a role that somebody has: ")
    for number, role in enumerate(playbook.sponsorship_deciders):
        if role not in playbook.roles:
            where = ("sponsorship_deciders", number)
            yield unknown_name(where, role, playbook.roles, "a role that somebody has: ")


def _priorities(playbook: Playbook) -> Iterator[UnplacedFault]:
    for priority in Priority:
        if priority not in playbook.priorities:
            yield UnplacedFault(
                ("priorities",), f"no {priority}", f"all of {list_names(Priority)}", is_absence=True
            )
    for clock, rules in playbook.targets.items():
        yield from _target(playbook, ("targets", clock), rules, tuple(playbook.priorities), clock)
    for priority, written in playbook.priorities.items():
        path = ("priorities", priority)
        yield from _told(playbook, (*path, "stakeholders"), written.stakeholders)
        yield from _calendar(playbook, (*path, "calendar"), written.calendar)
        for clock, rules in written.targets.items():
            yield from _target(playbook, (*path, "targets", clock), rules, (priority,), clock)
        given = {*written.targets, *playbook.targets, *OPTIONAL_CLOCKS}
        missing = [clock for clock in TARGET_CLOCKS if clock not in given]
        if missing:
            yield UnplacedFault(
                (*path, "targets"), "no target", f"one for {list_names(missing)}", is_absence=True
            )


def _target(
    playbook: Playbook, path: Path, rules: TargetSpec, priorities: Iterable[Priority], clock: ClockName
) -> Iterator[UnplacedFault]:
    """A target of some priorities; one that each of them sets for itself concerns nobody."""
    span = rules.within
    using = [
        priority
        for priority in priorities
        if path[0] == "priorities" or clock not in playbook.priorities[priority].targets
    ]
    yield from _no_calendar_days(playbook, path, span, using)
    by_business = {p for p in using if playbook.priorities[p].basis is TimeBasis.BUSINESS}
    if clock is ClockName.FIRST_NOTICE and set(using) - {Priority.P4}:
        sleeps = span.always_in_open_hours or (span.basis is Basis.PRIORITY and by_business - {Priority.P4})
        if sleeps or span.elapsed > SLOWEST_FIRST_NOTICE:
            yield UnplacedFault(path, quote_input(span.written), "at most 1 h 24x7, for any priority but P4")


def _impact_and_urgency(playbook: Playbook) -> Iterator[UnplacedFault]:
    path = ("priority_from",)
    for impact in Degree:
        row = playbook.priority_from.get(impact)
        if row is None:
            yield UnplacedFault(path, f"no impact {impact}", f"all of {list_names(Degree)}", is_absence=True)
            continue
        missing = [urgency for urgency in Degree if urgency not in row]
        if missing:
            given = f"no priority for urgency {list_names(missing)}"
            yield UnplacedFault((*path, impact), given, f"all of {list_names(Degree)}", is_absence=True)


def _calendar(playbook: Playbook, path: Path, name: str | None) -> Iterator[UnplacedFault]:
    if name is not None and name not in playbook.calendars:
        yield unknown_name(path, name, playbook.calendars)


def _customers(playbook: Playbook) -> Iterator[UnplacedFault]:
    for name, tier in playbook.tiers.items():
        yield from _calendar(playbook, ("tiers", name, "calendar"), tier.calendar)
    for name, account in playbook.accounts.items():
        yield from _calendar(playbook, ("accounts", name, "calendar"), account.calendar)
        if account.tier is not None and account.tier not in playbook.tiers:
            yield unknown_name(("accounts", name, "tier"), account.tier, playbook.tiers)


def _skills(playbook: Playbook) -> Iterator[UnplacedFault]:
    for skill, who in playbook.skills.items():
        path = ("skills", skill)
        yield from _told(playbook, path, (who,), is_list=False)
        yield from _one_alone(playbook, path, who)


def _one_alone(playbook: Playbook, path: Path, name: str) -> Iterator[UnplacedFault]:
    if len(playbook.ids_of((name,))) > 1:
        yield UnplacedFault(
            path, f"the role {quote_input(name)}, which several people have", "one person, team or rota"
        )


def _pauses(playbook: Playbook) -> Iterator[UnplacedFault]:
    for reason, rules in playbook.pause_reasons.items():
        if rules.at_most:
            path = ("pause_reasons", reason, "at_most")
            yield from _no_calendar_days(playbook, path, rules.at_most, playbook.priorities)


def _holding(playbook: Playbook) -> Iterator[UnplacedFault]:
    yield from _no_calendar_days(playbook, ("holding", "every"), playbook.holding.every, playbook.priorities)


def _no_calendar_days(
    playbook: Playbook, path: Path, span: Span, priorities: Iterable[Priority]
) -> Iterator[UnplacedFault]:
    """Days are of the wall clock, which a priority in business hours does not count."""
    by_business = [p for p in priorities if playbook.priorities[p].basis is TimeBasis.BUSINESS]
    if span.basis is Basis.CALENDAR_DAYS and by_business:
        allowed = f"business days or hours: {list_names(by_business)} counts business hours"
        yield UnplacedFault(path, quote_input(span.written), allowed)


def _matrix(playbook: Playbook) -> Iterator[UnplacedFault]:
    lasts: dict[tuple[str, str], int] = {}
    for issue_type, kind in playbook.issue_types.items():
        for category in kind.categories:
            rungs = levels_of(playbook, issue_type, category)
            gap = tuple(_gap(playbook, issue_type, category, rungs))
            yield from gap
            if not gap:
                lasts[issue_type, category] = len(rungs)
                yield from _levels(playbook, rungs)
    if lasts:
        yield from _executive_levels(playbook, lasts)
        yield from _entry_levels(playbook, lasts)


def _gap(
    playbook: Playbook, issue_type: str, category: str, rungs: tuple[EffectiveLevel, ...]
) -> Iterator[UnplacedFault]:
    """A category that falls through: it has no levels, or misses one between them."""
    path = path_of_category(issue_type, category)
    numbers = [rung.number for rung in rungs]
    if not rungs:
        yield UnplacedFault(
            path, "no levels", "levels here, at the issue type or at the playbook", is_absence=True
        )
    elif numbers != list(range(1, len(rungs) + 1)):
        given, allowed = f"levels {list_names(map(str, numbers))}", "levels from 1 up, without a gap"
        kind = playbook.issue_types[issue_type]
        speaking = ((path, kind.categories[category]), (path[:2], kind), ((), playbook))
        nearest_levels = next((*at, "levels") for at, scope in speaking if scope.levels)
        yield UnplacedFault(nearest_levels, given, allowed, is_absence=True)


def _levels(playbook: Playbook, rungs: tuple[EffectiveLevel, ...]) -> Iterator[UnplacedFault]:
    for rung in rungs:
        yield from _level(playbook, rung, len(rungs))


def _executive_levels(playbook: Playbook, lasts: Mapping[tuple[str, str], int]) -> Iterator[UnplacedFault]:
    yield from _levels_named(playbook, lasts, "executive_level", executive_level_of)


def _levels_named(
    playbook: Playbook,
    lasts: Mapping[tuple[str, str], int],
    field: str,
    level_of: Callable[[Playbook, IssueTypeSpec, CategorySpec], tuple[int | None, int]],
) -> Iterator[UnplacedFault]:
    """Each is told once, with the category that has the fewest levels of those it holds for."""
    told: set[Path] = set()
    for (issue_type, category), last in sorted(lasts.items(), key=lambda each: each[1]):
        kind = playbook.issue_types[issue_type]
        level, depth = level_of(playbook, kind, kind.categories[category])
        path = (*path_of_category(issue_type, category)[: 2 * depth], field)
        if level is not None and level > last and path not in told:
            told.add(path)
            yield UnplacedFault(path, quote_input(level), f"a level from 1 to {last}, as {category} has")


def _entry_levels(playbook: Playbook, lasts: Mapping[tuple[str, str], int]) -> Iterator[UnplacedFault]:
    yield from _levels_named(playbook, lasts, "entry_level", entry_level_of)
    (_, category), last = min(lasts.items(), key=lambda each: each[1])
    entries: dict[Path, int] = {
        **{("priorities", name): rules.entry_level for name, rules in playbook.priorities.items()},
        **{("tiers", name): rules.entry_level for name, rules in playbook.tiers.items()},
    }
    for path, level in entries.items():
        if level > last:
            yield UnplacedFault(
                (*path, "entry_level"), quote_input(level), f"a level from 1 to {last}, as {category} has"
            )
    yield from _levels_below_every_entry(playbook)


def _levels_below_every_entry(playbook: Playbook) -> Iterator[UnplacedFault]:
    """Escalations rise and never fall back, so what lies below every entry is never reached."""
    entries = {priority: written.entry_level for priority, written in playbook.priorities.items()}
    lowest = min(entries.values(), default=1)
    if lowest > 1 and len(entries) == len(Priority):
        unreachable = list_names(f"level {number}" for number in range(1, lowest))
        given = f"{lowest} or higher for every priority, so that nothing reaches {unreachable}"
        priority = min(entries, key=entries.__getitem__)
        yield UnplacedFault(("priorities", priority, "entry_level"), given, "1 for some priority")


def _level(playbook: Playbook, rung: EffectiveLevel, last: int) -> Iterator[UnplacedFault]:
    rules = rung.rules
    if not rules.name:
        yield UnplacedFault(
            rung.place("name"), f"level {rung.number} without a name", "a name", is_absence=True
        )
    if not rules.contacts:
        given = f"level {rung.number} without contacts"
        yield UnplacedFault(
            rung.place("contacts"), given, "a person, a team, a rota or a role", is_absence=True
        )
    yield from _told(playbook, rung.place("contacts"), rules.contacts)
    yield from _told(playbook, rung.place("managers"), rules.managers)
    yield from _calendar(playbook, rung.place("calendar"), rules.calendar)
    yield from _acknowledgement(playbook, rung)
    yield from _window(rung, last)
    yield from _triggers(rung, last)
    yield from _fallback(playbook, rung)


def _acknowledgement(playbook: Playbook, rung: EffectiveLevel) -> Iterator[UnplacedFault]:
    rules = rung.rules
    if rules.ask is AskOrder.IN_TURN and rules.acknowledge is AcknowledgedBy.ALL:
        given = "in_turn, where all must acknowledge"
        yield UnplacedFault(rung.place("ask"), given, "at_once, or acknowledge: first")
    for field in ("ack_within", "ack_expires"):
        span = getattr(rules, field)
        if span:
            yield from _no_calendar_days(playbook, rung.place(field), span, playbook.priorities)


def _window(rung: EffectiveLevel, last: int) -> Iterator[UnplacedFault]:
    window = rung.rules.window
    if rung.number == last and window is not None:
        given = f"a window for level {last}, the last"
        yield UnplacedFault(rung.place("window"), given, "until resolution: there is no level to rise to")
    if rung.number < last and window is None:
        given, allowed = (
            f"level {rung.number} without a window",
            "a window, such as 15 - 30 min; only the last has none",
        )
        yield UnplacedFault(rung.place("window"), given, allowed, is_absence="window" not in rung.written_at)


def _triggers(rung: EffectiveLevel, last: int) -> Iterator[UnplacedFault]:
    for name, trigger in rung.rules.triggers.items():
        path = (*rung.place("triggers"), name)
        to_level = rung.number + 1 if trigger.to_level is None else trigger.to_level
        if rung.number == last:
            yield UnplacedFault(
                path, f"a trigger of level {last}, the last", "none: there is no level to rise to"
            )
        elif not rung.number < to_level <= last:
            where = f"a level above its own: {rung.number + 1} to {last}"
            yield UnplacedFault((*path, "to_level"), quote_input(to_level), where)


def _fallback(playbook: Playbook, rung: EffectiveLevel) -> Iterator[UnplacedFault]:
    fallback = rung.rules.fallback
    if rung.rules.unreached is Unreached.FALLBACK and not fallback:
        yield UnplacedFault(
            rung.place("unreached"), "fallback, with no fallback named", "fallback: somebody", is_absence=True
        )
    if fallback:
        yield from _told(playbook, rung.place("fallback"), (fallback,), is_list=False)
        yield from _one_alone(playbook, rung.place("fallback"), fallback)


def _told(
    playbook: Playbook, path: Path, names: Iterable[str], *, is_list: bool = True
) -> Iterator[UnplacedFault]:
    """Everybody named here is known, and can be told something."""
    for number, name in enumerate(names):
        here = (*path, number) if is_list else path
        ids = playbook.ids_of((name,))
        if not ids:
            known = (*playbook.people, *playbook.teams, *playbook.rotas, *playbook.roles)
            what = "a person, a team, a rota," if playbook.rotas else "a person, a team,"
            allowed = f"{what} or a role that somebody has: {list_names(known)}"
            yield UnplacedFault(here, quote_input(name), allowed, nearest(name, known, playbook.called))
        for id_ in ids:
            contact = playbook.named(id_)
            if not isinstance(contact, RotaSpec) and not contact.addresses:
                given = (
                    quote_input(name) if id_ == name else f"{quote_input(name)}, which is {quote_input(id_)}"
                )
                yield UnplacedFault(
                    here, f"{given}, who has no address", f"somebody with one; give {id_} addresses"
                )
