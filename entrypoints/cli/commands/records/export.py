"""`escalate records export`: the record, for other programs."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import DaysZone, FirstDay, LastDay, option


def export(
    csv: Annotated[
        Path | None, option("--csv", "Write a CSV file for each table, in this folder.", "FOLDER")
    ] = None,
    first: FirstDay = None,
    last: LastDay = None,
    tz: DaysZone = "UTC",
    in_json: Annotated[bool, option("--json", "Print a list of escalations, each whole.")] = False,
) -> None:
    """Give the record out, as CSV or JSON."""
    from entrypoints.cli.operator import keep_export
    from entrypoints.cli.option_values import OptionValues
    from entrypoints.cli.record_store import open_store, parse_period, write_list
    from entrypoints.terminal import out
    from escalation.kernel.reasons import reason
    from escalation.kernel.refusals import BadRequest
    from planning.playbook.faults import file_fault
    from records.data_export import read_escalations, write_csv

    options = OptionValues()
    period = parse_period(options, first, last, options.zone(tz))
    if (csv is None) != in_json:
        options.refuse("the form", "both" if in_json else "neither", "either --csv FOLDER or --json")
    options.require()
    with open_store() as store:
        keep_export(store, f"the record, from {first or 'its beginning'} to {last or 'its end'}")
        if csv is None:
            write_list(read_escalations(store, period))
            return
        try:
            counts = write_csv(store, csv, period)
        except OSError as error:
            fault = file_fault(csv, error, "a folder to write to", "--csv")
            raise BadRequest.because(reason("of.command"), (fault,)) from None
    for table, count in counts.items():
        out.print(f"{count:>9,}  {csv / table}.csv", markup=False)
