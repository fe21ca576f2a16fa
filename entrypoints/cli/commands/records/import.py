"""`escalate records import`: escalations of the past, from a helpdesk's export."""

from typing import Annotated

from entrypoints.cli.options import Json, argument, option


def import_(
    file: Annotated[str, argument("FILE", "A helpdesk's export, CSV.")],
    by: Annotated[
        str | None,
        option(
            "--map",
            "What its columns are. If omitted: known exports, such as ServiceNow's, are recognised.",
            "MAP.yaml",
            show_default=False,
        ),
    ] = None,
    tenant: Annotated[
        str, option("--tenant", "Whose they are: the first part of each key.", "NAME")
    ] = "HELPDESK",
    in_json: Json = False,
) -> None:
    """Take a helpdesk's export into the record as escalations of the past. Again, it changes nothing."""
    from entrypoints.cli.operator import operator
    from entrypoints.cli.option_values import OptionValues, read_bytes
    from entrypoints.cli.progress import progress
    from entrypoints.cli.record_store import check_tenant, find_export_map, open_store
    from entrypoints.cli.render.backtest import import_as_data, print_import
    from entrypoints.terminal import as_json
    from planning.forecast.helpdesk_log import read_log
    from planning.forecast.imported_escalation import import_incident
    from records.store import ImportResult

    options = OptionValues()
    options.read(None, check_tenant, tenant)
    with options.rest():
        data = read_bytes(file, "FILE")
        export_map = find_export_map(data, file, by)
    log = read_log(data, file, export_map)
    done = ImportResult()
    with open_store() as store, progress(in_json) as bar:
        task = bar.add_task("import", total=len(log.incidents))
        incidents = (import_incident(incident, export_map, tenant) for incident in log.incidents)
        for lot in store.import_escalations(incidents, by=operator()):
            done += lot
            bar.update(task, completed=done.added + done.replaced + done.unchanged)
        where = store.database.where
    as_json(import_as_data(log, done)) if in_json else print_import(log, done, where)
