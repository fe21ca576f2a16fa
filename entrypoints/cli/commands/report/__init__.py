"""`escalate report`: the record of a period, looked back on. Temporal is asked only for what is not on record yet."""

from pathlib import Path
from typing import Annotated

import typer

from entrypoints.cli.move_declarations import values_of
from entrypoints.cli.options import DaysZone, FirstDay, Json, LastDay, choice, option


def report(
    context: typer.Context,
    first: FirstDay = None,
    last: LastDay = None,
    by: Annotated[str | None, choice("--by", "Divide it by", values_of("figure"), metavar="WHAT")] = None,
    html: Annotated[Path | None, option("--html", "Write the review as one page, to print.", "FILE")] = None,
    csv: Annotated[Path | None, option("--csv", "Write every figure, a line each.", "FILE")] = None,
    tz: DaysZone = "UTC",
    is_as_recorded: Annotated[
        bool, option("--as-recorded", "Do not ask open escalations what they have not put on record yet.")
    ] = False,
    in_json: Json = False,
) -> None:
    """Look back on a period: volume, times, attainment, breaches, hand-overs, causes; each with its definition."""
    if context.invoked_subcommand:
        return
    from entrypoints.cli.option_values import OptionValues, parse_choice, write_file
    from entrypoints.cli.record_store import parse_period
    from entrypoints.cli.render.report import render_report, report_as_csv
    from entrypoints.cli.report_source import find_report
    from entrypoints.terminal import as_json, out
    from records.report import By
    from records.report_data import report_as_data
    from records.review_pack import render_review_pack
    from records.spreadsheet import ENCODING

    options = OptionValues()
    zone = options.zone(tz)
    period = parse_period(options, first, last, zone)
    divided = options.read(None, parse_choice, By, by, "--by") if by else None
    options.require()
    found = find_report(period, divided, zone, is_as_recorded=is_as_recorded)
    if html:
        write_file(html, render_review_pack(found, zone), "--html")
    if csv:
        write_file(csv, report_as_csv(found).encode(ENCODING), "--csv")
    if in_json:
        as_json(report_as_data(found, zone))
    elif not (html or csv):
        out.print(render_report(found, zone))
