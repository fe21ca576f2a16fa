"""
What works in a playbook, but probably not as meant: warnings, apart from the faults of ``checks.py``.

Each is found with its place, what is odd, and what would be better. Only for a playbook without faults.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, pairwise

from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import CustomerText
from escalation.policy.plan import Unreached
from escalation.policy.translations import EVERYBODY, text_for
from planning.calendars.calendar_spec import CalendarSpec, HolidaySpec
from planning.calendars.compile_ahead import FURTHEST
from planning.calendars.open_hours import business_day_of, horizon_of, week_of, weekly_open_time_of
from planning.calendars.opening_hours import DAYS, parse_hours
from planning.calendars.public_holidays import estimated_holidays_in, holidays_in, last_year_of
from planning.playbook.effective_levels import EffectiveLevel, levels_of
from planning.playbook.faults import Path, UnplacedFault, limit_faults, list_names
from planning.playbook.priority_warnings import priority_warnings
from planning.playbook.responsibility_warnings import responsibility_warnings
from planning.playbook.rota_checks import rota_warnings
from planning.playbook.schema import PauseSpec, PersonSpec, Playbook, TargetSpec, TeamSpec
from planning.playbook.time_zone_warnings import time_zone_warnings

_OF_THE_WORK = (ClockName.LEVEL_WINDOW, ClockName.NEXT_UPDATE, ClockName.RESOLUTION)
_A_YEAR = timedelta(days=365)
_A_DAY_IN_SECONDS = 86_400
_WEEKS_A_YEAR = 52
_MOST_HOLDING, _NEAREST_HOLDING = 6, timedelta(hours=1)
"""Of holding updates: more, or nearer together, is a nuisance."""


def warnings_of(playbook: Playbook, now: datetime) -> tuple[UnplacedFault, ...]:
    """Everything that is odd, each once; days off and who is on call are judged as of *now*."""
    parts = (
        _calendars(playbook, now),
        rota_warnings(playbook, now),
        time_zone_warnings(playbook),
        responsibility_warnings(playbook),
        priority_warnings(playbook),
        _holding_update(playbook),
        _pauses(playbook),
        _endless(playbook),
        _matrix(playbook),
    )
    return limit_faults(chain.from_iterable(parts))


def _calendars(playbook: Playbook, now: datetime) -> Iterator[UnplacedFault]:
    for name, calendar in playbook.calendars.items():
        path = ("calendars", name)
        for number, rules in enumerate(calendar.holidays):
            yield from _data_that_end((*path, "holidays", number), rules, now)
        yield from _dates_that_end(path, calendar, now)
        yield from _overlapping_hours(path, calendar)
        yield from _dates_without_effect(path, calendar)


def _data_that_end(path: Path, rules: HolidaySpec, now: datetime) -> Iterator[UnplacedFault]:
    """CLOCK-5: a calendar whose holidays are not known is open on them."""
    _, until = horizon_of(now)
    years = range(now.year, (now + _A_YEAR).year + 1)
    unknown = [
        str(year)
        for year in years
        if year > last_year_of(rules.country) or not holidays_in(rules.country, rules.subdivision, year)
    ]
    if unknown:
        given = f"the holidays of {rules.country} in {list_names(unknown)} are not known"
        yield UnplacedFault(
            path, given, "a newer version of the package holidays, or those dates under closed_on"
        )
    guessed = [
        str(day)
        for year in years
        for day in estimated_holidays_in(rules.country, rules.subdivision, year)
        if now.date() <= day < until.date()
    ]
    if guessed:
        given = f"holidays of {rules.country} on estimated dates: {list_names(guessed)}"
        yield UnplacedFault(path, given, "the dates as decreed, under closed_on, once they are known")


def _dates_that_end(path: Path, calendar: CalendarSpec, now: datetime) -> Iterator[UnplacedFault]:
    own = (*calendar.closed_on, *calendar.half_days)
    limit = now if calendar.holidays else horizon_of(now)[1]
    if own and (last := max(own)) < limit.date():
        where = (*path, "closed_on" if calendar.closed_on else "half_days")
        is_long_past = last < (now - _A_YEAR).date()
        given = f"all own dates are past, the last by more than a year: {last}"
        yield UnplacedFault(
            where,
            given if is_long_past else f"the last own date is {last}",
            "the dates of the coming year; those of the past can go"
            if is_long_past
            else "the dates of the coming year too",
        )


def _dates_without_effect(path: Path, calendar: CalendarSpec) -> Iterator[UnplacedFault]:
    week = week_of(calendar)
    for number, day in enumerate(calendar.closed_on):
        if not week[day.weekday()]:
            given = f"{day} is a {day:%A}, which is closed anyway"
            yield UnplacedFault(
                (*path, "closed_on", number), given, "the date on which you are closed, if you meant another"
            )


def _overlapping_hours(path: Path, calendar: CalendarSpec) -> Iterator[UnplacedFault]:
    """Hours that overlap count once; whoever wrote them meant others."""
    written = {(*path, "weekly", days): hours for days, hours in calendar.weekly.items()}
    written |= {(*path, "half_days", str(day)): hours for day, hours in calendar.half_days.items()}
    for where, hours in written.items():
        windows = sorted(parse_hours(text) for text in hours)
        if any(start < end for (_, end), (start, _) in pairwise(windows)):
            yield UnplacedFault(
                where, f"hours that overlap: {list_names(hours)}", "hours that follow each other"
            )
    yield from _overlapping_nights(path, calendar)


def _overlapping_nights(path: Path, calendar: CalendarSpec) -> Iterator[UnplacedFault]:
    """Warn of nights that last into the hours of the next day; once, of the first such day."""
    week = week_of(calendar)
    for day, hours in enumerate(week):
        night = max((end - _A_DAY_IN_SECONDS for _, end in week[day - 1]), default=0)
        if hours and hours[0][0] < night:
            given = (
                f"hours of {DAYS[day - 1]} that end at {_clock(night)}, "
                f"after those of {DAYS[day]} have begun at {_clock(hours[0][0])}"
            )
            yield UnplacedFault(
                (*path, "weekly"), given, "hours that follow each other; what overlaps counts once"
            )
            return


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _holding_update(playbook: Playbook) -> Iterator[UnplacedFault]:
    """COMM-3, COMM-9: an empty text is none, and a letter in one language should not speak another."""
    texts = playbook.holding_update or {}
    for tag in (tag for tag, text in texts.items() if not text):
        where = ("holding_update", tag) if tag else ("holding_update",)
        yield UnplacedFault(where, "an empty text, so that nothing is said", "a text, or nothing at all")
    if texts.get(EVERYBODY):
        given = "one text, put as it is into letters in every language"
        yield UnplacedFault(("holding_update",), given, "a text for each language: {en: …, id: …, tr: …}")
    elif unsaid := _languages_without(playbook, texts):
        given = f"no text in {list_names(unsaid)}, so that letters in it say what their template says"
        yield UnplacedFault(("holding_update",), given, "a text in it too, if customers read it")
    rules = playbook.holding
    if playbook.holding_update and (rules.at_most > _MOST_HOLDING or rules.every.elapsed < _NEAREST_HOLDING):
        given = (
            f"up to {rules.at_most} automatic updates in a row, {rules.every.written} apart, day and night"
        )
        allowed = "what a customer would bear, such as {at_most: 3, every: 4 h}"
        yield UnplacedFault(("holding",), given, allowed)


def _languages_without(playbook: Playbook, texts: Mapping[str, CustomerText]) -> list[str]:
    """Languages of our own people that have no text: whoever speaks one has customers who read it."""
    ours: tuple[PersonSpec | TeamSpec, ...] = (*playbook.people.values(), *playbook.teams.values())
    spoken = {each.language for each in ours}
    return sorted(tag for tag in spoken if texts and text_for(texts, tag) is None)


def _pauses(playbook: Playbook) -> Iterator[UnplacedFault]:
    """CLOCK-3: nobody is reminded of anything while everything stands still."""
    for reason, rules in playbook.pause_reasons.items():
        if rules.at_most is None and set(_OF_THE_WORK) <= set(rules.stops):
            given = f"{reason} stops {list_names(_OF_THE_WORK)}, for as long as nobody ends it"
            yield UnplacedFault(("pause_reasons", reason), given, "at_most, such as 3 business days")
        yield from _stops_nothing(playbook, reason, rules)


def _stops_nothing(playbook: Playbook, reason: str, rules: PauseSpec) -> Iterator[UnplacedFault]:
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
            yield UnplacedFault(
                path, f"{clock}, which never runs: {why}", "the clocks that run, or a target for it"
            )


def _endless(playbook: Playbook) -> Iterator[UnplacedFault]:
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
            allowed = "a time of some years at most: nobody can be told when this is due"
            yield UnplacedFault(path, given, allowed)


def _matrix(playbook: Playbook) -> Iterator[UnplacedFault]:
    day = business_day_of(playbook.calendars[playbook.calendar])
    for issue_type, kind in playbook.issue_types.items():
        for category in kind.categories:
            rungs = levels_of(playbook, issue_type, category)
            yield from _windows(rungs, day)
            for rung in rungs:
                yield from _triggers(rung)
                yield from _fallback(rung)
                yield from _acknowledged_in_time(rung, day)
                yield from _fallback_alone(playbook, rung)


def _windows(rungs: tuple[EffectiveLevel, ...], day: timedelta) -> Iterator[UnplacedFault]:
    """MATRIX-2: who has more authority is given more time."""
    for rung in rungs:
        window = rung.rules.window
        if window and window.minimum.worth(day) == window.maximum.worth(day):
            given = (
                f"level {rung.number} is reminded at the moment that it rises, at {window.maximum.written}"
            )
            yield UnplacedFault(rung.place("window"), given, "a minimum below the maximum")
    for lower, upper in pairwise(rungs):
        below, above = lower.rules.window, upper.rules.window
        if below and above and above.maximum.worth(day) <= below.maximum.worth(day):
            given = (
                f"level {upper.number} has at most {above.maximum.written}, "
                f"not more than level {lower.number} with {below.maximum.written}"
            )
            yield UnplacedFault(upper.place("window"), given, "a window that grows from level to level")


def _triggers(rung: EffectiveLevel) -> Iterator[UnplacedFault]:
    for name, trigger in rung.rules.triggers.items():
        if trigger.to_level == rung.number + 1:
            path = (*rung.place("triggers"), name, "to_level")
            given = f"a trigger to level {trigger.to_level}, where it goes anyway"
            yield UnplacedFault(path, given, "to_level left out, which means the next level")


def _fallback(rung: EffectiveLevel) -> Iterator[UnplacedFault]:
    if rung.rules.fallback and rung.rules.unreached is not Unreached.FALLBACK:
        given = (
            f"a fallback that is never asked: an unreached level {rung.number} is on {rung.rules.unreached}"
        )
        yield UnplacedFault(rung.place("fallback"), given, "unreached: fallback")


def _fallback_alone(playbook: Playbook, rung: EffectiveLevel) -> Iterator[UnplacedFault]:
    """MATRIX-5: whoever did not answer as contact is only asked once more."""
    fallback = rung.rules.fallback
    if fallback and playbook.ids_of((fallback,)) == playbook.ids_of(rung.rules.contacts):
        given = f"{fallback}, who is the only contact of level {rung.number} already"
        yield UnplacedFault(rung.place("fallback"), given, "somebody else")


def _acknowledged_in_time(rung: EffectiveLevel, day: timedelta) -> Iterator[UnplacedFault]:
    """An acknowledgement that may come after the rise is never missed."""
    within, window = rung.rules.ack_within, rung.rules.window
    if not within or not window or within.basis is not window.maximum.basis:
        return
    if within.worth(day) > window.maximum.worth(day):
        given = f"{within.written}, after level {rung.number} has risen at {window.maximum.written}"
        yield UnplacedFault(rung.place("ack_within"), given, "less than the maximum of its window")
