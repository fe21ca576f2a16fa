"""An incident of a log as an escalation of the past: what the log says, and nothing else."""

from datetime import timedelta

from escalation.case.lifecycle import State
from escalation.kernel.clocks import Outcome
from escalation.measures.definitions import ImportedEscalation
from planning.forecast.export_map import ExportMap
from planning.forecast.helpdesk_log import fits_map, read_log
from planning.forecast.imported_escalation import import_incident
from tests.planning.builders import utc
from tests.planning.export_builder import HEADER, AnExport, the_map

HOUR = timedelta(hours=1)


def of(export: AnExport, by: ExportMap | None = None) -> ImportedEscalation:
    by = by or the_map()
    [incident] = export.log(by).incidents
    return import_incident(incident, by, "DESK")


def an_incident() -> AnExport:
    return AnExport().incident("INC1", "02-03-2026 09:00")


def test_an_import_says_that_it_is_one() -> None:
    """
    RECORD-1: and that levels, reasons and first notifications are not known.
    """
    found = of(
        an_incident().update("02-03-2026 09:30", "Active").update("02-03-2026 11:00", "Closed")
    ).measured

    assert ("DESK/INC1", "DESK/INC1@imported", "ServiceNow incidents") == (found.key, found.id, found.source)
    assert (None, None, None, None) == (
        found.level,
        found.reason,
        found.playbook,
        found.first_notification_after,
    )
    assert State.CLOSED == found.state
    assert (HOUR / 2, 2 * HOUR, 2 * HOUR) == (found.acknowledged_after, found.resolved_after, found.lived_for)


def test_every_line_is_kept_as_it_is() -> None:
    """
    RECORD-1: no event of ours is made up.
    """
    lines = of(
        an_incident().update("02-03-2026 09:30", "Active", group="Net").update("02-03-2026 11:00", "Closed")
    ).lines

    assert [utc("2026-03-02 09:30"), utc("2026-03-02 11:00")] == [line.at for line in lines]
    assert {"state": "Active", "means": "working", "priority": "P3", "team": "Net"} == lines[0].says


def test_an_incident_that_goes_on_is_open() -> None:
    """
    RECORD-2: neither resolved nor ended.
    """
    found = of(
        an_incident().update("02-03-2026 09:30", "Resolved").update("02-03-2026 11:00", "Active")
    ).measured

    assert (None, None, 1) == (found.ended_at, found.resolved_at, found.reopened)
    assert State.RESOLVING == found.state


def test_what_is_resolved_again_counts_from_the_last_time() -> None:
    """
    RECORD-2: time to resolve; closing without a return does not move it.
    """
    export = an_incident().update("02-03-2026 10:00", "Resolved").update("02-03-2026 11:00", "Active")
    export.update("02-03-2026 13:00", "Resolved").update("02-03-2026 13:30", "Resolved")

    found = of(export.update("09-03-2026 09:00", "Closed")).measured

    assert 4 * HOUR == found.resolved_after
    assert utc("2026-03-09 09:00") == found.ended_at


def test_what_is_cancelled_is_not_resolved() -> None:
    """
    RECORD-2: as of the engine's own; its promise was neither kept nor broken.
    """
    export = an_incident().update("02-03-2026 12:00", "Resolved").update("02-03-2026 13:00", "Canceled")
    found = of(export).measured

    assert (State.CANCELLED, None, 0) == (found.state, found.resolved_after, found.reopened)


def test_waiting_counts_as_paused_where_the_map_says_so() -> None:
    """
    RECORD-2: share of time paused.
    """
    export = (
        an_incident().update("02-03-2026 10:00", "Awaiting User Info").update("02-03-2026 12:00", "Active")
    )

    found = of(export.update("02-03-2026 13:00", "Closed")).measured

    assert 2 * HOUR == found.paused_for
    assert ["waiting_for_customer"] == [wait.because for wait in found.waits]


def test_a_missing_team_is_no_hand_over() -> None:
    """
    RECORD-2: hand-overs are between teams that are known.
    """
    export = (
        an_incident().update("02-03-2026 10:00", "Active", group="A").update("02-03-2026 11:00", "Active")
    )

    found = of(
        export.update("02-03-2026 12:00", "Active", group="A").update("02-03-2026 13:00", "Closed", group="B")
    )

    assert ("A", "B") == found.measured.holders


def test_the_verdict_of_the_helpdesk_is_the_resolution_clock() -> None:
    """
    RECORD-2: attainment; when it was due is not in the log, so neither is how late it was.
    """
    header = f"{HEADER},made_sla"
    rows = "INC1,New,02-03-2026 09:00,02-03-2026 09:00,0,?,3 - Moderate,?,TRUE\n"
    rows += "INC1,Closed,02-03-2026 09:00,02-03-2026 12:00,1,?,3 - Moderate,?,FALSE"
    log = read_log(f"{header}\n{rows}".encode(), "log.csv", the_map())

    [run] = import_incident(log.incidents[0], the_map(), "DESK").measured.clocks

    assert (Outcome.BREACHED, None, None) == (run.outcome, run.due_at, run.late_by)


def test_the_category_is_ours_or_theirs() -> None:
    """
    RECORD-2: volume by category; what the map does not list keeps the helpdesk's own word.
    """
    by = the_map(category={"column": "category", "values": {"Bills": "billing"}, "otherwise": "it_request"})

    def category(written: str) -> str:
        return of(an_incident().update("02-03-2026 10:00", "Closed", category=written), by).measured.category

    assert ["billing", "Network", "it_request"] == [category("Bills"), category("Network"), category("?")]


def test_columns_that_only_the_record_keeps_may_be_absent() -> None:
    """
    RECORD-1: said, and not a fault: a backtest needs none of them.
    """
    log = an_incident().update("02-03-2026 10:00", "Closed").log()

    assert {"caller_id", "made_sla"} < set(log.absent)


def test_an_incident_that_cannot_be_read_at_all_is_named() -> None:
    """
    RECORD-1: none is dropped silently; each row has its reason.
    """
    export = an_incident().update("02-03-2026 10:00", "Closed").incident("INC2", "02-03-2026 09:00")

    log = export.update("02-03-2026 10:00", "Lost").line("INC3,short").log()

    assert ("INC2",) == log.emptied
    assert [(3, "incident_state"), (4, "(row)")] == [(fault.row, fault.column) for fault in log.faults]


def test_an_export_is_known_by_its_columns() -> None:
    """
    RECORD-1: more columns do not matter, one that is missing does.
    """
    export = an_incident().update("02-03-2026 10:00", "Closed").data

    assert fits_map(export, the_map())
    assert not fits_map(export.replace(b"sys_mod_count", b"changes"), the_map())
    assert not fits_map(b"\xff\xfe\x00", the_map())
