"""
Warnings: what is valid in a playbook, but probably not meant. Nothing is refused for them.

Each has its place, what is odd, and what would be better. Only for a playbook without faults.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, pairwise

from escalation.case.lifecycle import Move
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import CustomerText
from escalation.policy.classification import Priority
from escalation.policy.plan import Basis
from escalation.policy.translations import EVERYBODY, text_for
from planning.calendars.compile_ahead import FURTHEST
from planning.calendars.open_hours import business_day_of, weekly_open_time_of
from planning.playbook.calendar_warnings import calendar_warnings
from planning.playbook.faults import Finding, Path, limit_faults, list_names
from planning.playbook.level_warnings import level_warnings
from planning.playbook.people_spec import PersonSpec, TeamSpec
from planning.playbook.rota_warnings import rota_warnings
from planning.playbook.schema import PauseSpec, Playbook, TargetSpec, TimeBasis
from planning.playbook.value_types import TARGET_CLOCKS

_OF_THE_WORK = (ClockName.LEVEL_WINDOW, ClockName.NEXT_UPDATE, ClockName.RESOLUTION)
_WEEKS_A_YEAR = 52
_MOST_HOLDING, _NEAREST_HOLDING = 6, timedelta(hours=1)
"""Of holding updates: more, or nearer together, is a nuisance."""


def warnings_of(playbook: Playbook, now: datetime) -> tuple[Finding, ...]:
    """Return every warning once; days off and who is on call are judged as of *now*."""
    parts = (
        calendar_warnings(playbook, now),
        rota_warnings(playbook, now),
        _check_permissions(playbook),
        _check_priorities(playbook),
        _check_holding_update(playbook),
        _check_pauses(playbook),
        _check_endless_targets(playbook),
        level_warnings(playbook),
    )
    return limit_faults(chain.from_iterable(parts))


def _check_holding_update(playbook: Playbook) -> Iterator[Finding]:
    """Warn of an empty text, and of one that would stand in messages of other languages (COMM-3, COMM-9)."""
    texts = playbook.holding_update or {}
    for tag in (tag for tag, text in texts.items() if not text):
        where = ("holding_update", tag) if tag else ("holding_update",)
        yield Finding(where, "an empty text, so that nothing is said", "a text, or nothing at all")
    if texts.get(EVERYBODY):
        given = "one text, put as it is into messages in every language"
        yield Finding(("holding_update",), given, "a text for each language: {en: …, id: …, tr: …}")
    elif unsaid := _languages_without(playbook, texts):
        given = f"no text in {list_names(unsaid)}, so that messages in it say what their template says"
        yield Finding(("holding_update",), given, "a text in it too, if customers read it")
    rules = playbook.holding
    if playbook.holding_update and (rules.at_most > _MOST_HOLDING or rules.every.elapsed < _NEAREST_HOLDING):
        given = (
            f"up to {rules.at_most} automatic updates in a row, {rules.every.written} apart, day and night"
        )
        allowed = "what a customer would bear, such as {at_most: 3, every: 4 h}"
        yield Finding(("holding",), given, allowed)


def _languages_without(playbook: Playbook, texts: Mapping[str, CustomerText]) -> list[str]:
    """Return the languages of our own people that have no text: their customers probably read them."""
    ours: tuple[PersonSpec | TeamSpec, ...] = (*playbook.people.values(), *playbook.teams.values())
    spoken = {each.language for each in ours}
    return sorted(tag for tag in spoken if texts and text_for(texts, tag) is None)


def _check_pauses(playbook: Playbook) -> Iterator[Finding]:
    """Warn of pauses without an end that stop all clocks: nobody gets a reminder meanwhile (CLOCK-3)."""
    for reason, rules in playbook.pause_reasons.items():
        if rules.at_most is None and set(_OF_THE_WORK) <= set(rules.stops):
            given = f"{reason} stops {list_names(_OF_THE_WORK)}, for as long as nobody ends it"
            yield Finding(("pause_reasons", reason), given, "at_most, such as 3 business days")
        yield from _check_stopped_clocks(playbook, reason, rules)


def _check_stopped_clocks(playbook: Playbook, reason: str, rules: PauseSpec) -> Iterator[Finding]:
    """Warn of pauses that stop a clock which never runs (CLOCK-3)."""
    timed = {*playbook.targets, *(clock for each in playbook.priorities.values() for clock in each.targets)}
    has_texts = bool(playbook.approvals.customer_updates)
    never = {
        ClockName.INTERNAL_UPDATE: ClockName.INTERNAL_UPDATE not in timed
        and "no priority has a target for it",
        ClockName.CUSTOMER_TEXT: not has_texts and "no text waits for approval in this playbook",
    }
    for clock in rules.stops:
        if why := never.get(clock):
            path = ("pause_reasons", reason, "stops")
            yield Finding(
                path, f"{clock}, which never runs: {why}", "the clocks that run, or a target for it"
            )


def _check_endless_targets(playbook: Playbook) -> Iterator[Finding]:
    """Warn of targets beyond the years whose open hours are known: nobody can say when they are due (CLOCK-5)."""
    calendar = playbook.calendars[playbook.calendar]
    day, year = business_day_of(calendar), weekly_open_time_of(calendar) * _WEEKS_A_YEAR
    written: dict[Path, TargetSpec] = {("targets", clock): rules for clock, rules in playbook.targets.items()}
    for priority, rules in playbook.priorities.items():
        written |= {("priorities", priority, "targets", clock): own for clock, own in rules.targets.items()}
    for path, target in written.items():
        span = target.within
        if span.always_in_open_hours and span.worth(day) > year * FURTHEST.days / 365:
            given = f"{span.written}, which takes {span.worth(day) / year:.0f} years of {playbook.calendar}"
            allowed = "a time of some years at most: nobody can say when this is due"
            yield Finding(path, given, allowed)


def _check_permissions(playbook: Playbook) -> Iterator[Finding]:
    better = "the roles that may make each move; verify_resolution and close at least"
    if not playbook.permissions:
        given = "no permissions, so that everybody in the playbook may make every move"
        yield Finding(("permissions",), given, better, is_absence=True)
    elif Move.VERIFY_RESOLUTION not in playbook.permissions:
        given = "verify_resolution is not listed, so that everybody may verify their own resolution"
        yield Finding(("permissions",), given, better)


def _check_priorities(playbook: Playbook) -> Iterator[Finding]:
    """Warn of a priority that promises later than the next lower one, where both count the same hours (KIND-3)."""
    day = business_day_of(playbook.calendars[playbook.calendar])
    for higher, lower in pairwise(Priority):
        for clock in TARGET_CLOCKS:
            upper, under = _target_of(playbook, higher, clock), _target_of(playbook, lower, clock)
            if upper is None or under is None:
                continue
            if _counted_hours_of(playbook, higher, upper) != _counted_hours_of(playbook, lower, under):
                continue
            if upper.within.worth(day) > under.within.worth(day):
                own = clock in playbook.priorities[higher].targets
                path = ("priorities", higher if own else lower, "targets", clock)
                given = (
                    f"{higher} has {upper.within.written} for {clock}, {lower} only {under.within.written}"
                )
                yield Finding(path, given, f"at most as much for {higher}")


def _target_of(playbook: Playbook, priority: Priority, clock: ClockName) -> TargetSpec | None:
    return {**playbook.targets, **playbook.priorities[priority].targets}.get(clock)


def _counted_hours_of(playbook: Playbook, priority: Priority, rules: TargetSpec) -> tuple[object, ...]:
    """Tell apart which hours a target counts."""
    written = playbook.priorities[priority]
    by_priority = rules.within.basis is Basis.PRIORITY and written.basis is TimeBasis.BUSINESS
    return rules.within.always_in_open_hours or by_priority, written.calendar
