"""`escalate playbook backtest`: a helpdesk's past through a playbook."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.client_call import configured_playbook
from entrypoints.cli.options import Json, TimeZone, argument, option


def backtest(
    log: Annotated[str, argument("LOG.csv", "A helpdesk's export.")],
    by: Annotated[
        str, option("--map", "What its columns are: see playbooks/maps.", "MAP.yaml", show_default=False)
    ],
    playbook: Annotated[Path | None, option("--playbook", "If omitted: the configured one.", "FILE")] = None,
    against: Annotated[Path | None, option("--against", "A second playbook, to compare.", "FILE")] = None,
    tz: TimeZone = "UTC",
    in_json: Json = False,
) -> None:
    """Replay a helpdesk's past through a playbook, or two: raises, breaches, messages, people's load by hour."""
    from functools import partial

    from rich.markup import escape

    from entrypoints.cli.option_values import OptionValues, read_bytes
    from entrypoints.cli.progress import progress
    from entrypoints.cli.render.backtest import backtest_as_data, render_backtest
    from entrypoints.terminal import as_json, out
    from planning.forecast.backtest import check_map, run_backtest
    from planning.forecast.export_map import read_map
    from planning.forecast.helpdesk_log import read_log
    from planning.playbook.loader import load_playbook

    options = OptionValues()
    zone = options.zone(tz)
    with options.rest():
        export_map = read_map(read_bytes(by, "--map"), by)
    playbooks = [load_playbook(configured_playbook(playbook)), *([load_playbook(against)] if against else [])]
    for each in playbooks:
        check_map(export_map, each)
    read = read_log(read_bytes(log, "LOG.csv"), log, export_map)
    results = []
    with progress(in_json) as bar:
        for each in playbooks:
            task = bar.add_task(escape(f"{each.name} {each.version}"), total=len(read.incidents))
            results.append(run_backtest(each, read, export_map, zone, partial(bar.advance, task)))
    as_json(backtest_as_data(read, results)) if in_json else out.print(render_backtest(read, results))
