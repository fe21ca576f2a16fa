"""`escalate records audit-log`: who signed in, who was refused, and which keys changed."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import DaysZone, Json, option


def audit_log(
    first: Annotated[
        str | None, option("--from", "The first day: 2026-07-01.", "DATE", show_default=False)
    ] = None,
    last: Annotated[
        str | None, option("--to", "The last day; it counts too.", "DATE", show_default=False)
    ] = None,
    tz: DaysZone = "UTC",
    csv: Annotated[
        Path | None, option("--csv", "Write a CSV file for spreadsheets.", "FILE", show_default=False)
    ] = None,
    in_json: Json = False,
) -> None:
    """Give out the audit log: who signed in, who was refused, which keys were created and revoked, and exports."""
    from entrypoints.cli.operator import keep_export
    from entrypoints.cli.option_values import OptionValues, write_file
    from entrypoints.cli.record_store import open_store, parse_period
    from entrypoints.cli.render.audit_table import audit_csv, print_audit_log
    from entrypoints.terminal import as_json
    from records.audit_log import read_lines

    options = OptionValues()
    period = parse_period(options, first, last, options.zone(tz))
    options.require()
    with open_store() as store:
        if csv or in_json:
            keep_export(store, "the audit log")
        store.require_usable()
        with store.database.reading() as db:
            lines = list(read_lines(db, period.since, period.until))
    if csv:
        write_file(csv, audit_csv(lines), "--csv")
    elif in_json:
        as_json(lines)
    else:
        print_audit_log(lines)
