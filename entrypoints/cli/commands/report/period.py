"""
Commands that look back on the record: ``report``, and ``records import | export | show``. None asks Temporal.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from entrypoints.cli import choices, option_values
from entrypoints.cli.client_call import Json, Key
from entrypoints.cli.commands.playbook.simulate import progress
from entrypoints.cli.render import escalation
from escalation.kernel.refusals import BadRequest, UnknownEscalation, quote_input
from escalation.kernel.values import require_plausible_year
from planning.calendars.report_periods import midnight_of
from planning.playbook.faults import file_fault

if TYPE_CHECKING:
    from planning.forecast.export_map import ExportMap
    from records.report import Period
    from records.store import RecordStore

report = typer.Typer()
records = typer.Typer(help="The record past retention: take in, give out, look at one.", no_args_is_help=True)

_BY = ("category", "priority", "customer", "team", "level", "reason")
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="DATE", help="The first day, by the opening: 2026-07-01.", show_default=False
    ),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="The last day; it counts too.", show_default=False)
]
_TENANT = re.compile(r"[A-Za-z0-9][\w.-]*")
Zone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="The time zone whose days these are.")]


@report.callback(invoke_without_command=True)
def report_period(
    context: typer.Context,
    first: From = None,
    last: To = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="WHAT",
            help=choices.list_choices("Divide it by", _BY),
            autocompletion=choices.complete_from(lambda: _BY),
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="The review render_review_pack as one page, to print."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Every figure, a line each.")
    ] = None,
    tz: Zone = "UTC",
    is_as_recorded: Annotated[
        bool,
        typer.Option(
            "--as-recorded", help="Do not ask open escalations what they have not put on record yet."
        ),
    ] = False,
    in_json: Json = False,
) -> None:
    """Look back on a period: volume, times, attainment, breaches, hand-overs, causes; each with its definition."""
    if context.invoked_subcommand:
        return
    from entrypoints.cli.open_escalations import record_open_escalations
    from entrypoints.cli.render import report
    from records.period_report import make_report as look_back
    from records.report import By
    from records.spreadsheet import ENCODING

    typed = option_values.OptionValues()
    zone = typed.zone(tz)
    period = _period(typed, first, last, zone)
    divided = typed.read(None, option_values.parse_choice, By, by, "--by") if by else None
    typed.require()
    with open_store() as store:
        record = None if is_as_recorded else record_open_escalations(store)
        found = look_back(store, period, datetime.now(UTC), divided, record)
    if html:
        from records.review_pack import render_review_pack

        option_values.write_file(html, render_review_pack(found, zone), "--html")
    if csv:
        option_values.write_file(csv, report.report_as_csv(found).encode(ENCODING), "--csv")
    if in_json:
        escalation.as_json(report.report_as_data(found, zone))
    elif not (html or csv):
        escalation.out.print(report.render_report(found, zone))


@records.command("import")
def import_(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A helpdesk's export, CSV.", show_default=False)
    ],
    by: Annotated[
        str | None,
        typer.Option(
            "--map",
            metavar="MAP.yaml",
            help="What its columns are. ServiceNow's are known.",
            show_default=False,
        ),
    ] = None,
    tenant: Annotated[
        str, typer.Option("--tenant", metavar="NAME", help="Whose they are: the first part of each key.")
    ] = "HELPDESK",
    in_json: Json = False,
) -> None:
    """Take a helpdesk's export into the record as escalations of the past. Again, it changes nothing."""
    from entrypoints.cli.render.backtest import render_log_summary
    from planning.forecast.helpdesk_log import read_log
    from planning.forecast.imported_escalation import import_incident
    from records.store import ImportResult

    typed = option_values.OptionValues()
    typed.read(None, _tenant, tenant)
    with typed.rest():
        data = option_values.read_bytes(file, "FILE")
        export_map = _map(data, file, by)
    log = read_log(data, file, export_map)
    done = ImportResult()
    with open_store() as store, progress(in_json) as bar:
        task = bar.add_task("import", total=len(log.incidents))
        for lot in store.take_in(import_incident(incident, export_map, tenant) for incident in log.incidents):
            done += lot
            bar.update(task, completed=done.added + done.replaced + done.unchanged)
        where = store.database.where
    if in_json:
        told = {
            "file": log.source,
            "rows": log.rows,
            "out_of_order": log.out_of_order,
            "faults": [fault._asdict() for fault in log.faults],
            "encoding": log.encoding,
            "time_zone": log.time_zone or None,
            "left_out": log.emptied,
            "absent_columns": log.absent,
        }
        escalation.as_json(
            {"added": done.added, "replaced": done.replaced, "unchanged": done.unchanged, **told}
        )
        return
    escalation.out.print(render_log_summary(log))
    for column in log.absent:
        escalation.out.print(
            f"no column {column}: what it would say stays unknown", style="yellow", markup=False
        )
    if log.emptied:
        escalation.out.print(
            f"left out whole: {', '.join(log.emptied)}", style="red", markup=False, overflow="fold"
        )
    escalation.out.print(
        f"{done.added:,} added, {done.replaced:,} replaced, {done.unchanged:,} unchanged in {where}",
        markup=False,
    )


@records.command()
def export(
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FOLDER", help="A CSV file for each table, in this folder."),
    ] = None,
    first: From = None,
    last: To = None,
    tz: Zone = "UTC",
    in_json: Annotated[
        bool, typer.Option("--json", help="A list of escalations, each whole, on standard output.")
    ] = False,
) -> None:
    """Give the record out, as CSV or JSON."""
    from records.data_export import read_escalations, write_csv

    typed = option_values.OptionValues()
    period = _period(typed, first, last, typed.zone(tz))
    if (csv is None) != in_json:
        typed.refuse("the form", "both" if in_json else "neither", "either --csv FOLDER or --json")
    typed.require()
    with open_store() as store:
        if csv is None:
            _write_list(read_escalations(store, period))
            return
        try:
            counts = write_csv(store, csv, period)
        except OSError as error:
            fault = file_fault(csv, error, "a folder to write to", "--csv")
            raise BadRequest.because("the command", (fault,)) from None
    for table, count in counts.items():
        escalation.out.print(f"{count:>9,}  {csv / table}.csv", markup=False)


@records.command()
def show(key: Key, in_json: Json = False) -> None:
    """Show what is on record of one key, every escalation that it had."""
    from entrypoints.cli.render.report import one
    from records.data_export import read_escalations

    with open_store() as store:
        found = list(read_escalations(store, key=key))
        where = store.database.where
    if not found:
        raise UnknownEscalation(f"nothing of {quote_input(key)} is on record in {where}")
    if in_json:
        escalation.as_json(found)
        return
    for each in found:
        escalation.out.print(one(each))


@contextmanager
def open_store() -> "Iterator[RecordStore]":
    """The record store of the settings."""
    from records.store import RecordStore
    from runtime.settings import Settings

    settings = Settings.load()
    store = RecordStore.at(settings.records_url, settings.state_folder)
    try:
        yield store
    finally:
        store.close()


def _period(
    typed: option_values.OptionValues, first: str | None, last: str | None, zone: ZoneInfo
) -> "Period":
    from records.report import Period

    since, until = typed.read(None, _day, first, "--from"), typed.read(None, _day, last, "--to")
    if since and until and until < since:
        typed.refuse("--to", quote_input(last), f"a day not before {since}, with which it begins")
    return Period(_midnight(since, zone), _midnight(until, zone, timedelta(days=1)))


def _tenant(name: str) -> None:
    if not _TENANT.fullmatch(name):
        raise option_values.bad_option(
            "--tenant", quote_input(name), "letters, digits and . _ -, such as ACME"
        )


def _day(text: str | None, option: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise option_values.bad_option(option, quote_input(text), "a day such as 2026-07-01") from None
    try:
        return require_plausible_year(day) if day else None
    except ValueError as error:
        raise option_values.bad_option(option, quote_input(text), str(error)) from None


def _midnight(day: date | None, zone: ZoneInfo, later: timedelta = timedelta()) -> datetime | None:
    return midnight_of(day + later, zone) if day else None


def _map(data: bytes, file: str, by: str | None) -> "ExportMap":
    from planning.forecast.export_map import read_map
    from planning.forecast.helpdesk_log import fits_map, table_of
    from runtime.settings import ROOT

    if by is not None:
        return read_map(option_values.read_bytes(by, "--map"), by)
    known = [
        read_map(path.read_bytes(), path.name) for path in sorted((ROOT / "playbooks/maps").glob("*.yaml"))
    ]
    for each in known:
        if fits_map(data, each):
            return each
    names = ", ".join(each.name for each in known)
    columns = table_of(data, file, known[0]).columns
    raise option_values.bad_option(
        f"FILE {file}",
        f"a table of unknown columns: {quote_input(', '.join(columns))}",
        f"an export that is known ({names}), or --map MAP.yaml",
    )


def _write_list(items: Iterator[object]) -> None:
    separator = "[\n"
    for item in items:
        escalation.write_json(separator + json.dumps(item, ensure_ascii=False), end="")
        separator = ",\n"
    escalation.write_json("[]" if separator == "[\n" else "\n]")
