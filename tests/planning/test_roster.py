"""On-call people by overrides, calendars and rotations: one answer at each instant, with its reason."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.case.effects import OnCallResult
from escalation.kernel.reasons import reason
from escalation.policy.people import ContactKind
from planning.forecast.coverage import covered_times_by_rota, find_gaps
from planning.on_call.feed_sources import FilesAlone
from planning.plan.compiler import compile_plan
from planning.plan.on_call_answer import find_on_call
from planning.playbook.loader import Playbook, parse_playbook
from tests.planning.builders import a_request, naive, shipped, utc
from tests.planning.rotas import (
    DESK,
    FEED,
    Held,
    Unreachable,
    a_calendar_file,
    a_rota,
    a_rotation,
    an_event,
    on_call,
    periods,
    text_of,
    the_roster,
    who,
)
from tests.said import said

FRIDAY = utc("2026-11-20 16:30")
SUN = {
    "jakarta": a_rotation(
        name="Jakarta", people=["dewi"], time_zone="Asia/Jakarta", restrict_to={"mon-fri": "08:00-16:00"}
    ),
    "london": a_rotation(name="London", people=["priya"], restrict_to={"mon-fri": "09:00-17:00"}),
}


def test_people_take_turns_by_the_week() -> None:
    """
    MATRIX-1: the answer names who, until when, and why.
    """
    answer = on_call(a_rota(), FRIDAY)

    assert ["priya"] == [person.id for person in answer.people]
    assert ("email:priya.nair@example.com",) == answer.people[0].addresses
    assert utc("2026-11-23 09:00") == answer.until
    assert "rotation Weeks, week of 2026-11-16" == said(answer.why)


@pytest.mark.parametrize(
    ("at", "people", "until", "why"),
    [
        # Monday: Jakarta, then London; London's hour before Jakarta is home is not needed
        ("2026-11-16 01:00", ["dewi"], "2026-11-16 09:00", "rotation Jakarta, day of 2026-11-15"),
        ("2026-11-16 02:00", ["dewi"], "2026-11-16 09:00", "rotation Jakarta, day of 2026-11-16"),
        ("2026-11-16 09:00", ["priya"], "2026-11-16 17:00", "rotation London, day of 2026-11-16"),
        # the last instant of a shift, and the first after it
        ("2026-11-16 16:59", ["priya"], "2026-11-16 17:00", "rotation London, day of 2026-11-16"),
        ("2026-11-16 17:00", [], "2026-11-17 01:00", "nobody: "),
        # the weekend belongs to nobody, until Monday in Jakarta
        ("2026-11-21 12:00", [], "2026-11-23 01:00", "nobody: "),
        # in summer London is an hour nearer to Jakarta: they overlap, and the first one answers
        ("2027-06-07 08:30", ["dewi"], "2027-06-07 09:00", "rotation Jakarta"),
        ("2027-06-07 09:00", ["priya"], "2027-06-07 16:00", "rotation London"),
    ],
)
def test_the_sun_is_followed(at: str, people: list[str], until: str, why: str) -> None:
    """
    MATRIX-1: each rotation has its hours by the clocks of its own zone; the first that has somebody answers.
    """
    answer = on_call(a_rota(rotations=[SUN["jakarta"], SUN["london"]]), utc(at))

    assert people == [person.id for person in answer.people]
    assert utc(until) == answer.until
    assert said(answer.why).startswith(why)


@pytest.mark.parametrize(
    ("at", "person"),
    [
        ("2026-12-24 08:59", "lukas"),  # before it
        ("2026-12-24 09:00", "elena"),  # its first moment
        ("2026-12-26 08:59", "elena"),
        ("2026-12-26 09:00", "omar"),  # its end; here the second one holds
        ("2026-12-26 12:00", "lukas"),  # the rest again
    ],
)
def test_an_override_goes_before_the_rest(at: str, person: str) -> None:
    """
    MATRIX-1: by the clocks of the rota's zone; of several at a time the first in the list.
    """
    rota = a_rota(
        overrides=[
            {"from": "2026-12-24T09:00", "to": "2026-12-26T09:00", "person": "elena"},
            {"from": "2026-12-25T09:00", "to": "2026-12-26T12:00", "person": "omar"},
        ]
    )

    assert [person] == who(rota, utc(at))


def test_an_override_says_so() -> None:
    """
    MATRIX-1: the reason names its end, in the rota's own time.
    """
    rota = a_rota(
        time_zone="Asia/Jakarta",
        overrides=[{"from": "2026-11-20T00:00", "to": "2026-11-22T09:00", "person": "elena"}],
    )

    answer = on_call(rota, FRIDAY)

    assert "override until Sun 22 Nov 2026 09:00" == said(answer.why)
    assert utc("2026-11-22 02:00") == answer.until


def test_an_answer_without_end_says_so() -> None:
    """
    MATRIX-1: one person alone is handed over to herself; that is no change.
    """
    answer = on_call(a_rota(rotations=[a_rotation(people=["priya"])]), FRIDAY)

    assert answer.until is None


def test_a_rota_that_is_gone_has_nobody() -> None:
    """
    MATRIX-5: the playbook may have changed since the plan was pinned.
    """
    assert OnCallResult(rota="night", people=(), why=reason("no_rota", "'night'")) == find_on_call(
        a_rota(), "night", FRIDAY, FilesAlone()
    )


@pytest.mark.parametrize(
    ("event", "people", "why"),
    [
        # invited
        (
            ["SUMMARY:Primary", "ATTENDEE;CN=x:mailto:Elena.Petrova@example.com"],
            ["elena"],
            "calendar entry 'Primary'",
        ),
        # by name alone, without mailto:
        (["SUMMARY:Primary", "ATTENDEE;CN=Kemal Aydın:kemal"], ["kemal"], "calendar entry 'Primary'"),
        # by the summary: an address, a whole name, an id
        (["SUMMARY:elena.petrova@example.com"], ["elena"], "calendar entry 'elena.petrova@example.com'"),
        (["SUMMARY:On call: elena PETROVA"], ["elena"], "calendar entry 'On call: elena PETROVA'"),
        (["SUMMARY:Elena primary"], ["elena"], "calendar entry 'Elena primary'"),
        # two of them, in the order in which they stand there
        (["SUMMARY:Omar / Elena"], ["omar", "elena"], "calendar entry 'Omar / Elena'"),
        # the organiser made it for somebody else
        (
            ["SUMMARY:Desk: Omar Haddad", "ORGANIZER:mailto:elena.petrova@example.com"],
            ["omar"],
            "calendar entry 'Desk: Omar Haddad'",
        ),
        # or for herself
        (["SUMMARY:Desk", "ORGANIZER:mailto:elena.petrova@example.com"], ["elena"], "calendar entry 'Desk'"),
        # who declined is not on it; an id within a word is none; nobody: the rotation, and it is said
        (
            ["SUMMARY:Maya", "ATTENDEE;PARTSTAT=DECLINED:mailto:elena.petrova@example.com"],
            ["maya"],
            "calendar entry 'Maya'",
        ),
        (
            ["SUMMARY:Bench test"],
            ["priya"],
            "rotation Weeks, week of 2026-11-16; the calendar entry 'Bench test' names nobody of the playbook",
        ),
        (
            ["SUMMARY:Ana Lima", "ATTENDEE:mailto:ana@acme.example"],
            ["priya"],
            "rotation Weeks, week of 2026-11-16; the calendar entry 'Ana Lima' names nobody of the playbook",
        ),
        # cancelled
        (["SUMMARY:Elena", "STATUS:CANCELLED"], ["priya"], "rotation Weeks, week of 2026-11-16"),
    ],
)
def test_an_entry_means_people(event: list[str], people: list[str], why: str) -> None:
    """
    MATRIX-1: by e-mail, name or id; what means nobody is reported, never silently dropped.
    """
    text = a_calendar_file(an_event(":20261120T090000Z", ":20261121T090000Z", *event))

    answer = on_call(a_rota(calendar=FEED), FRIDAY, Held(text))

    assert (people, why) == ([person.id for person in answer.people], said(answer.why))


def test_entries_at_one_time_answer_together() -> None:
    """
    MATRIX-1: the one that began first is first; the reason names both.
    """
    text = a_calendar_file(
        an_event(":20261120T120000Z", ":20261121T090000Z", "SUMMARY:Omar"),
        an_event(":20261120T090000Z", ":20261120T180000Z", "SUMMARY:Elena"),
    )
    rota = a_rota(calendar=FEED)

    answer = on_call(rota, FRIDAY, Held(text))

    assert ["elena", "omar"] == [person.id for person in answer.people]
    assert "calendar entry 'Elena' and calendar entry 'Omar'" == said(answer.why)
    assert utc("2026-11-20 18:00") == answer.until
    assert ["omar"] == who(rota, utc("2026-11-20 18:00"), Held(text))


def test_only_those_who_are_listed_can_be_named() -> None:
    """
    MATRIX-1: a calendar that others fill can be held to a few people.
    """
    text = a_calendar_file(an_event(":20261120T090000Z", ":20261121T090000Z", "SUMMARY:Elena and Omar"))

    assert ["omar"] == who(a_rota(calendar={**FEED, "people": ["omar"]}), FRIDAY, Held(text))


def test_a_calendar_that_cannot_be_read_leaves_the_rotations() -> None:
    """
    MATRIX-5: never silence; the reason says that the answer may be another.
    """
    why = "rotation Weeks, week of 2026-11-16; the calendar cannot be used: it does not answer in time"

    assert why == said(on_call(a_rota(calendar=FEED), FRIDAY, Unreachable()).why)


def test_an_old_calendar_says_so() -> None:
    """
    MATRIX-1: the last good answer is better than none, and is known as such.
    """
    text = a_calendar_file(an_event(":20261120T090000Z", ":20261121T090000Z", "SUMMARY:Elena"))

    answer = on_call(a_rota(calendar=FEED), FRIDAY, Held(text, "as it was at noon"))

    assert "calendar entry 'Elena'; the calendar is as it was at noon" == said(answer.why)


def test_a_rota_stands_in_a_plan_for_all_its_people() -> None:
    """
    MATRIX-1: who is on call is found out when needed, never pinned; but whoever can be is known.
    """
    playbook = shipped("on_call.yaml")

    plan, _ = compile_plan(playbook, a_request(), FRIDAY)

    contact = plan.contact("support_desk")
    assert ("support_desk",) == plan.level(2).contacts
    assert ContactKind.ROTA is contact.kind
    assert ("arif", "citra", "priya", "lukas", "rosa", "will") == contact.members[:6]
    assert () == contact.addresses
    assert all(plan.knows(member) for member in contact.members)


def test_what_a_rota_leaves_open_is_a_gap() -> None:
    """
    MATRIX-5: coverage asks rotas; here somebody is there only while London is at work.
    """
    text = text_of(rotations=[SUN["london"]]).replace("contacts: [priya]", f"contacts: [{DESK}]", 1)
    playbook = parse_playbook(text)
    since = utc("2026-11-20 00:00")

    found = [
        gap
        for _, category, gaps in find_gaps(
            playbook, since, since + timedelta(days=3), covered_times_by_rota(playbook, FilesAlone())
        )
        for gap in gaps
        if category == "complaint"
    ]

    assert [
        (since, utc("2026-11-20 09:00")),
        (utc("2026-11-20 17:00"), utc("2026-11-23 00:00")),
    ] == [(gap.start, gap.end) for gap in found]


ZONES = ("UTC", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "Asia/Jayapura")
HOURS = st.sampled_from(
    [
        {},
        {"mon-fri": ["09:00-17:00"]},
        {"sat,sun": ["00:00-24:00"]},
        {"mon-sun": ["22:00-06:00"]},
        {"wed": ["01:30-02:30"]},
    ]
)
ROTATIONS = st.fixed_dictionaries(
    {
        "name": st.just("R"),
        "people": st.lists(st.sampled_from(["priya", "lukas", "omar", "elena"]), min_size=1, unique=True),
        "every": st.sampled_from(["weekly", "daily", "12 h", "5 h", "3 days", "2 weeks"]),
        "hand_over": st.sampled_from(["09:00", "00:00", "02:30", "23:59"]),
        "since": st.sampled_from(["2026-01-01", "2027-03-01", "2027-10-20"]),
        "time_zone": st.sampled_from(ZONES),
        "restrict_to": HOURS,
    }
)
MOMENTS = st.datetimes(naive("2027-03-01"), naive("2027-11-30")).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@st.composite
def rotas(draw: st.DrawFn) -> tuple[Playbook, Held]:
    """
    A rota with all its parts, and what its calendar holds.
    """
    stretches = draw(st.lists(st.tuples(MOMENTS, st.integers(1, 20)), max_size=6))
    noons = [(at.replace(hour=12), at.replace(hour=12) + timedelta(days=days)) for at, days in stretches]
    overrides = [
        {"from": start.isoformat(), "to": end.isoformat(), "person": "ingrid"} for start, end in noons[:3]
    ]
    events = [
        an_event(f":{start:%Y%m%dT%H%M%S}", f":{end:%Y%m%dT%H%M%S}", f"UID:{number}", f"SUMMARY:{whom}")
        for number, ((start, end), whom) in enumerate(
            zip(noons[3:], ("Elena", "nobody", "Omar"), strict=False)
        )
    ]
    zone = draw(st.sampled_from(ZONES))
    rotations = draw(st.lists(ROTATIONS, min_size=1, max_size=3))
    rota = a_rota(time_zone=zone, rotations=rotations, overrides=overrides, calendar=FEED)
    return rota, Held(a_calendar_file(*events))


@settings(max_examples=40)
@given(rotas(), MOMENTS, st.integers(1, 40))
def test_the_answers_of_a_time_do_not_overlap_and_are_those_of_each_instant(
    asked: tuple[Playbook, Held], at: datetime, days: int
) -> None:
    """
    MATRIX-1: at most one answer at each instant, whatever time is asked for; what lies between is nobody's.
    """
    rota, calendar = asked
    since = at.replace(tzinfo=ZoneInfo("UTC"))
    until = since + timedelta(days=days)
    found = periods(rota, since, until, calendar)

    assert all(since <= duty.start < duty.end <= until and duty.who for duty in found)
    assert all(one.end <= following.start for one, following in pairwise(found))
    edges = sorted({since, *(edge for duty in found for edge in (duty.start, duty.end))} - {until})
    for edge in edges[:12]:
        there = next((duty for duty in found if duty.start <= edge < duty.end), None)
        answer = on_call(rota, edge, calendar)
        assert (there.who if there else ()) == tuple(person.id for person in answer.people)
        assert answer.until is None or answer.until > edge


@settings(max_examples=25)
@given(rotas(), MOMENTS)
def test_the_end_of_an_answer_is_where_it_changes(asked: tuple[Playbook, Held], at: datetime) -> None:
    """
    MATRIX-1: the same people until then, and others, or nobody, from then on.
    """
    instant = at.replace(tzinfo=ZoneInfo("UTC"))
    answer = on_call(asked[0], instant, asked[1])
    if answer.until:
        assert answer.people == on_call(asked[0], answer.until - timedelta(seconds=1), asked[1]).people
        assert answer.people != on_call(asked[0], answer.until, asked[1]).people


def test_a_time_cut_in_two_has_the_same_answers() -> None:
    """
    MATRIX-1: nothing is lost or doubled at the seam, hours that pass midnight included.
    """
    rota = a_rota(rotations=[a_rotation(restrict_to={"mon-sun": "22:00-06:00"}), SUN["london"]])
    since, seam, until = utc("2026-11-16 00:00"), utc("2026-11-19 23:15"), utc("2026-11-30 00:00")

    whole = the_roster(rota, since, until).periods
    parts = (*the_roster(rota, since, seam).periods, *the_roster(rota, seam, until).periods)

    assert sum((duty.end - duty.start for duty in whole), timedelta()) == sum(
        (duty.end - duty.start for duty in parts), timedelta()
    )
    assert {duty.who for duty in whole} == {duty.who for duty in parts}
