"""The figures of a period, on both databases, against a count by another way."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.measures.definitions import MEASURES
from records.period_report import make_report
from records.report import NOT_KNOWN, By, Group, Period, Report
from records.review_pack import render_review_pack
from records.store import RecordStore
from tests.builders import THE_MONDAY, at
from tests.records import recount
from tests.records.past import EXPORT, filled, imported, lives

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


def looked_back(store: RecordStore, by: By | None = None, period: Period = Period()) -> Report:
    return make_report(store, period, AS_OF, by)


def values(group: Group) -> dict[str, float | None]:
    return {name: figure.value for name, figure in group.figures.items() if figure.value is not None}


def the_past() -> list[recount.Counted]:
    return [recount.Recounted(recount.raw(events)) for events in lives()] + recount.of_export(EXPORT)


def counted(past: list[recount.Counted]) -> object:
    return pytest.approx({name: value for name, value in recount.figures(past).items() if value is not None})


def test_every_figure_is_the_same_counted_another_way(store: RecordStore) -> None:
    """
    RECORD-2: all measures, from the raw record in plain Python.
    """
    filled(store)

    found = values(looked_back(store).whole)

    never = {"attainment_customer_text", "attainment_internal_update"}
    never |= {"answers_awaited_median", "answers_awaited_p90"}  # nobody was asked anything
    assert {each.name for each in MEASURES} - never == set(found)
    assert counted(the_past()) == found


def test_every_figure_of_every_priority_too(store: RecordStore) -> None:
    """
    RECORD-2: divided, each group is counted like the whole.
    """
    filled(store)
    groups = {group.label: group for group in looked_back(store, By.PRIORITY).groups}
    past = dict(zip(("P1", "P3", "P2", "P3", "P2", "P4"), ((each,) for each in the_past()), strict=False))

    assert {"P1", "P2", "P3", "P4"} == set(groups)
    assert {"P1": 1, "P2": 2, "P3": 2, "P4": 1} == {
        label: group.value("escalations") for label, group in groups.items()
    }
    assert counted(list(past["P1"])) == values(groups["P1"])
    assert counted(list(past["P4"])) == values(groups["P4"])


@pytest.mark.parametrize(
    ("by", "volumes"),
    [
        (By.CATEGORY, {"complaint": 4, "Network": 1, "it_request": 1}),
        (By.REASON, {"dissatisfied_customer": 3, "other": 1, NOT_KNOWN: 2}),
        (
            By.CUSTOMER,
            {"ACME": 4, "Çağ": 1, "Caller 1": 1, "Caller 2": 1},
        ),  # of two customers: counts for both
        (By.TEAM, {"Desk": 2, "Net": 1, "finance": 1, NOT_KNOWN: 3}),
        (By.LEVEL, {"1": 2, "3": 1, "4": 1, NOT_KNOWN: 2}),
    ],
)
def test_volume_is_by_whatever_is_asked(store: RecordStore, by: By, volumes: dict[str, int]) -> None:
    """
    RECORD-2: by category, reason, customer, team, level; what is not known is said to be so.
    """
    filled(store)
    found = looked_back(store, by)

    assert volumes == dict(found.volumes[by])
    assert volumes == {group.label: group.value("escalations") for group in found.groups}


def test_a_period_is_by_the_opening(store: RecordStore) -> None:
    """
    RECORD-3: its first instant counts, that of the next does not.
    """
    filled(store)
    day = timedelta(days=1)

    def opened_in(since: datetime | None, until: datetime | None) -> float | None:
        return looked_back(store, period=Period(since, until)).whole.value("escalations")

    assert [6, 5, 1] == [
        opened_in(None, None),
        opened_in(None, at(8, "09:00")),
        opened_in(at(8, "09:00"), None),
    ]
    assert 2 == opened_in(THE_MONDAY, THE_MONDAY + day)


def test_an_empty_period_has_no_figures_and_is_no_fault(store: RecordStore) -> None:
    """
    RECORD-3: a quiet week.
    """
    found = looked_back(store, By.TEAM)

    assert found.is_empty
    assert {"escalations": 0} == values(found.whole)
    assert () == (*found.groups, *found.worst, *found.causes)


def test_one_escalation_is_enough(store: RecordStore) -> None:
    """
    RECORD-3: median and nine of ten are that one.
    """
    list(store.import_escalations(imported()[1:]))
    found = values(looked_back(store).whole)

    assert 6 * 3600 == found["resolve_median"] == found["resolve_p90"]
    assert 1 == found["attainment_resolution"]


def test_the_worst_come_first(store: RecordStore) -> None:
    """
    RECORD-3: most breaches, then reopened, then ping-pong, then longest.
    """
    filled(store)
    found = looked_back(store)

    assert "ACME/2" == found.worst[0].key
    assert [each.breaches for each in found.worst] == sorted(
        (each.breaches for each in found.worst), reverse=True
    )


def test_ping_pong_shows_who_had_it(store: RecordStore) -> None:
    """
    RESOLVE-7: one after the other.
    """
    filled(store)
    found = {case.key: case.owners for case in looked_back(store).ping_pong}

    assert ("Desk", "Net", "Desk", "Net") == found["DESK/INC1"]
    assert ("ana", "finance", "ana") == found["ZOO/3"][:3]


def test_actions_are_overdue_after_their_day(store: RecordStore) -> None:
    """
    RECORD-3: open actions, as of the day of the report; on their day itself they are not.
    """
    filled(store)
    due = THE_MONDAY + timedelta(days=14)

    def overdue_on(day: datetime) -> list[str]:
        return [each.key for each in make_report(store, Period(), day).overdue]

    assert [] == overdue_on(due)
    assert ["ACME/1", "ACME/2"] == overdue_on(due + timedelta(days=1))


def test_actions_are_overdue_whenever_their_escalation_was_opened(store: RecordStore) -> None:
    """
    RECORD-3, CLOSE-7: in the pack of a quiet week long after, too.
    """
    filled(store)
    later = THE_MONDAY + timedelta(days=60)

    week = make_report(store, Period(later - timedelta(days=7), later), later)
    ever = make_report(store, Period(), later)

    assert week.is_empty
    assert ever.overdue == week.overdue
    assert sum(list(each.actions).count(False) for each in the_past()) == week.to_do
    assert "repair the roof" in render_review_pack(week, ZoneInfo("UTC"))


def test_what_was_done_after_the_close_is_not_overdue(store: RecordStore) -> None:
    """
    RECORD-3, CLOSE-7: of two actions of a closed escalation, the one that was finished is listed no more.
    """
    filled(store)
    late = make_report(store, Period(), THE_MONDAY + timedelta(days=60)).overdue

    assert ["repair the roof"] == [each.what for each in late if each.key == "ACME/1"]
    assert (2, 3) == looked_back(store).whole.figures["open_actions"][1:]


def test_an_answer_after_the_close_counts(store: RecordStore) -> None:
    """
    RECORD-2, CLOSE-6: satisfaction is drawn from it, in whatever the report is divided by.
    """
    filled(store)
    groups = {each.label: each.value("satisfaction") for each in looked_back(store, By.CUSTOMER).groups}

    assert {"ACME": 4, "Çağ": None, "Caller 1": None, "Caller 2": None} == groups


def test_a_cause_is_repeated_whatever_its_case(store: RecordStore) -> None:
    """
    RECORD-2: with the escalations that name it.
    """
    filled(store)
    found = looked_back(store).causes

    assert [("ACME/1", "ACME/2"), ("DESK/INC1", "DESK/INC2")] == sorted(cause[2] for cause in found)


def test_a_second_import_changes_nothing_and_a_later_one_replaces(store: RecordStore) -> None:
    """
    RECORD-1: an import can be repeated; a newer export of the same incident takes its place.
    """
    [first] = store.import_escalations(imported())
    [again] = store.import_escalations(imported())
    [later] = store.import_escalations(imported(EXPORT.replace("03-03-2026 16:00", "03-03-2026 17:00")))

    assert (2, 0, 0) == (first.added, first.replaced, first.unchanged)
    assert (0, 0, 2) == (again.added, again.replaced, again.unchanged)
    assert (0, 1, 1) == (later.added, later.replaced, later.unchanged)
    assert 2 == looked_back(store).imported == looked_back(store).whole.value("escalations")
