"""
Backtests: a helpdesk's past through the rules.
"""

from zoneinfo import ZoneInfo

import pytest

from escalation.kernel.refusals import BadRequest
from escalation.policy.classification import Priority
from planning.forecast.backtest import Backtest, Figures, run_backtest
from planning.forecast.export_map import ExportMap
from planning.forecast.helpdesk_log import read_log
from planning.playbook.loader import Playbook, parse_playbook
from tests.planning.builders import reference_with, the_reference
from tests.planning.export_builder import AnExport, the_map
from tests.said import said

UTC = ZoneInfo("UTC")
MONDAY = "07-11-2016 09:00"  # day first: 7 November


@pytest.fixture(scope="module")
def reference() -> Playbook:
    return the_reference()


def the_backtest(
    playbook: Playbook, export: AnExport, by: ExportMap | None = None, zone: ZoneInfo = UTC
) -> Backtest:
    by = by or the_map()
    return run_backtest(playbook, export.log(by), by, zone)


def figures(playbook: Playbook, export: AnExport, priority: Priority = Priority.P3) -> Figures:
    return the_backtest(playbook, export).by_priority[priority]


def test_a_quick_incident_rises_nowhere(reference: Playbook) -> None:
    """
    MATRIX-6, MATRIX-2: taken up after ten minutes and resolved within the first window, nothing breaches.
    """
    quick = (
        AnExport()
        .incident("INC1", MONDAY)
        .update("07-11-2016 09:02", "New")
        .update("07-11-2016 09:10", "Active")
        .update("07-11-2016 09:25", "Resolved")
        .update("12-11-2016 10:00", "Closed")
    )

    found = figures(reference, quick)

    assert 1 == found.incidents == found.acknowledged
    assert ({}, {}, {}) == (found.rises, found.breached, found.refused)
    assert {1: 1} == found.highest
    assert {
        "acknowledge": 1,
        "first_notification": 1,
        "level_window": 1,
        "next_update": 1,
        "resolution": 1,
    } == found.met
    assert {"case_received": 1, "resolved": 4, "closed": 3} == {
        name: found.messages[name] for name in ("case_received", "resolved", "closed")
    }


def test_a_slow_incident_rises_by_its_windows(reference: Playbook) -> None:
    """
    MATRIX-8: Mon 09:00 to 14:00 without anybody is half an hour, an hour, two hours, and level 4 until then.
    """
    slow = (
        AnExport()
        .incident("INC1", MONDAY)
        .update(MONDAY, "New")
        .update("07-11-2016 14:00", "Resolved")
        .update("08-11-2016 14:00", "Closed")
    )

    found = figures(reference, slow)

    assert {2: 1, 3: 1, 4: 1} == found.rises
    assert {4: 1} == found.highest
    # one for each level; the fourth had until 13:00 to acknowledge
    assert 4 == found.breached["acknowledge"]
    assert 1 == found.breached["next_update"]  # four business hours: 13:00


def test_waiting_for_the_customer_is_a_pause(reference: Playbook) -> None:
    """
    CLOCK-3: twenty minutes of the first window are used when the waiting begins, and ten are left after it.
    """

    def waiting(until: str) -> AnExport:
        return (
            AnExport()
            .incident("INC1", MONDAY)
            .update("07-11-2016 09:05", "Active")
            .update("07-11-2016 09:20", "Awaiting User Info")
            .update("07-11-2016 15:00", "Active")
            .update(until, "Resolved")
            .update("08-11-2016 16:00", "Closed")
        )

    assert {} == figures(reference, waiting("07-11-2016 15:09")).rises
    assert {2: 1} == figures(reference, waiting("07-11-2016 15:11")).rises


def test_reopened_reassigned_and_changed_in_priority(reference: Playbook) -> None:
    """
    CLOSE-9, KIND-3: all of it counts for the priority that it was opened with.
    """
    turbulent = (
        AnExport()
        .incident("INC1", MONDAY)
        .update("07-11-2016 09:05", "Active", group="Group 1")
        .update("07-11-2016 09:06", "Active", group="Group 2", priority="2 - High")
        .update("07-11-2016 09:10", "Resolved", group="Group 2")
        .update("07-11-2016 09:20", "Active", group="Group 1")
        .update("07-11-2016 09:25", "Resolved", group="Group 1")
        .update("12-11-2016 09:25", "Closed", group="Group 1")
    )

    found = figures(reference, turbulent)

    assert (1, 1, 2, 0) == (found.incidents, found.reopened, found.reassigned, found.unfinished)
    assert {} == found.refused
    assert found.messages["priority_changed"]
    assert 0 == figures(reference, turbulent, Priority.P2).incidents


def test_a_team_of_the_playbook_is_transferred_to(reference: Playbook) -> None:
    """
    KIND-2: a reassignment to a group that the map knows is a transfer.
    """
    by = the_map(team={"column": "assignment_group", "values": {"Billing desk": "finance"}})
    export = (
        AnExport()
        .incident("INC1", MONDAY)
        .update("07-11-2016 09:05", "Active", group="Group 1")
        .update("07-11-2016 09:06", "Active", group="Billing desk")
        .update("07-11-2016 09:25", "Resolved", group="Billing desk")
    )

    found = the_backtest(reference, export, by)

    assert 1 == found.load["finance"].hours[9]
    assert {} == found.by_priority[Priority.P3].refused


def test_updates_within_a_minute_and_out_of_order_are_put_in_order(reference: Playbook) -> None:
    """
    The number of the update settles what the minute does not.
    """
    export = (
        AnExport()
        .incident("INC1", MONDAY)
        .update("07-11-2016 09:05", "New")
        .update("07-11-2016 09:20", "Resolved")
        .line("INC1,Closed,07-11-2016 09:00,08-11-2016 09:20,9,?,3 - Moderate,?")
        .line("INC1,Active,07-11-2016 09:00,07-11-2016 09:05,1,?,3 - Moderate,?")
    )
    log = export.log()

    assert 1 == log.out_of_order
    assert ["New", "Active", "Resolved", "Closed"] == [x.state_name for x in log.incidents[0].updates]
    assert ({}, 1) == (figures(reference, export).refused, figures(reference, export).acknowledged)


def test_faulty_rows_are_named_and_the_rest_counts(reference: Playbook) -> None:
    """
    Row, column, what it says and what is allowed; the incident goes on without that row.
    """
    good = "07-11-2016 09:05"
    export = (
        AnExport()
        .incident("INC1", MONDAY)
        .update(good, "Active")
        .line(f"INC1,Sleeping,{MONDAY},{good},1,?,3 - Moderate,?")
        .line(f"INC1,Active,{MONDAY},2016-11-07,1,?,3 - Moderate,?")
        .line(f"INC1,Active,{MONDAY},{good},1,?,Urgent,?")
        .line(f"?,Active,{MONDAY},{good},1,?,3 - Moderate,?")
        .line(f"INC1,Active,{MONDAY},{good},many,?,3 - Moderate,?")
        .line(f"INC2,Active,?,{good},1,?,3 - Moderate,?")
        .line(f"INC1,Active,{MONDAY},31-12-9999 23:59,1,?,3 - Moderate,?")
        .line(f"INC3,Active,01-01-0001 00:00,{good},1,?,3 - Moderate,?")
        .line("INC1,Active")
        .line("")
        .update("07-11-2016 09:25", "Resolved")
    )

    log = export.log()

    assert [
        (3, "incident_state", "'Sleeping'"),
        (4, "sys_updated_at", "'2016-11-07'"),
        (5, "priority", "'Urgent'"),
        (6, "number", "'?'"),
        (7, "sys_mod_count", "'many'"),
        (8, "opened_at", "'?'"),
        (9, "sys_updated_at", "'31-12-9999 23:59'"),
        (10, "opened_at", "'01-01-0001 00:00'"),
        (11, "(row)", "2 cells"),
    ] == [(fault.row, fault.column, fault.given) for fault in log.faults]
    assert "1 - Critical, 2 - High" in said(log.faults[2].allowed)
    assert "%d-%m-%Y %H:%M" in said(log.faults[1].allowed)
    assert ["a year from 1970 to 2200"] * 2 == [said(fault.allowed) for fault in log.faults[6:8]]
    assert (11, ["INC1"]) == (log.rows, [incident.key for incident in log.incidents])
    assert {} == figures(reference, export).breached


def test_load_is_by_the_hours_of_a_zone(reference: Playbook) -> None:
    """
    RECORD-2: the same messages, seven hours later by the clock in Jakarta.
    """
    export = AnExport().incident("INC1", MONDAY).update(MONDAY, "New").update("07-11-2016 09:29", "Canceled")

    here = the_backtest(reference, export).load["elena"]
    there = the_backtest(reference, export, zone=ZoneInfo("Asia/Jakarta")).load["elena"]

    assert here.messages == here.hours[9] == there.hours[16] == 1  # told of the start; she cancels it herself
    assert [1] == list(here.busiest.values())


def test_two_playbooks_are_compared_on_the_same_log(reference: Playbook) -> None:
    """
    MATRIX-2: with a first window of an hour, what took forty minutes does not rise.
    """
    patient = parse_playbook(reference_with(("window: 15 - 30 min", "window: 30 min - 1 h")))
    export = (
        AnExport()
        .incident("INC1", MONDAY)
        .update("07-11-2016 09:05", "Active")
        .update("07-11-2016 09:40", "Resolved")
    )

    assert {2: 1} == figures(reference, export).rises
    assert {} == figures(patient, export).rises


def test_what_the_log_does_not_end_is_unfinished(reference: Playbook) -> None:
    """
    An incident runs until the log does.
    """
    export = (
        AnExport()
        .incident("INC1", MONDAY)
        .update(MONDAY, "New")
        .incident("INC2", "07-11-2016 10:45")
        .update("07-11-2016 10:45", "New")
    )

    found = figures(reference, export)

    assert 2 == found.unfinished
    assert (
        {2: 1, 3: 1} == found.rises | {3: 0} | found.rises | {3: 1}
        if found.rises[3]
        else {2: 1} == found.rises
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"category": {"otherwise": "it_requst"}}, "did you mean it_request?"),
        ({"states": {"New": {"means": "waiting", "pause": "lunch"}}}, "states.New.pause: given 'lunch'"),
        (
            {"team": {"column": "assignment_group", "values": {"G1": "finanz"}}},
            "team.values.G1: given 'finanz'",
        ),
    ],
)
def test_a_map_that_does_not_fit_the_playbook_is_refused(
    reference: Playbook, changes: dict[str, object], said: str
) -> None:
    """
    START-6: before a single row is replayed.
    """
    export = AnExport().incident("INC1", MONDAY).update(MONDAY, "New")
    with pytest.raises(BadRequest, match="the map, for Reference") as refused:
        the_backtest(reference, export, the_map(**changes))
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no column 'number'"),
        (b"nummer,incident_state\n", "did you mean nummer?"),
        (AnExport().data, "0 rows, none that can be used"),
        (AnExport().line("INC1,?").data, "1 row, none that can be used; the first: line 2, (row)"),
        (AnExport().data + b"\nINC\x81,New", "the byte 0x81 in row 2"),  # neither UTF-8 nor Windows-1252
        (AnExport().data + b"\nnumber,number".replace(b"\n", b","), "the column 'number' 3 times"),
    ],
)
def test_what_is_no_log_is_refused_whole(data: bytes, said: str) -> None:
    """
    START-6: with what is wrong and what is allowed.
    """
    with pytest.raises(BadRequest) as refused:
        read_log(data, "log.csv", the_map())
    assert said in refused.value.message
