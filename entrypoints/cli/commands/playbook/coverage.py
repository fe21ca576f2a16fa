"""`escalate playbook coverage`: times in which nobody can be notified."""

from datetime import timedelta
from typing import Annotated, Any

import typer

from entrypoints.cli.client_call import configured_playbook
from entrypoints.cli.options import Json, PlaybookFile, TimeZone, option


def coverage(
    file: PlaybookFile = None,
    at: Annotated[str | None, option("--from", "When it begins. If omitted: now.", "TIME")] = None,
    days: Annotated[int, option("--days", "How many days to look ahead.", min=1, max=3660)] = 365,
    tz: TimeZone = "UTC",
    show_all: Annotated[
        bool, option("--all", "Show every gap, rather than the first five of a level.")
    ] = False,
    in_json: Json = False,
) -> None:
    """Look for times in which a level has nobody to notify, over the coming year; exit status 1 if there are any."""
    from entrypoints.cli.option_values import OptionValues, current_minute, open_feeds
    from entrypoints.cli.progress import progress
    from entrypoints.cli.render.forecast import render_gaps
    from entrypoints.terminal import as_json, out
    from escalation.kernel.counted_nouns import number_of
    from planning.forecast.coverage import covered_times_by_rota, find_gaps
    from planning.forecast.sample_request import categories_of
    from planning.playbook.loader import load_playbook

    options = OptionValues()
    zone = options.zone(tz)
    since = options.instant(at, zone, "--from") or current_minute()
    options.require()
    playbook = load_playbook(configured_playbook(file))
    every = tuple(categories_of(playbook))
    gaps: list[Any] = []
    with progress(in_json) as bar:
        task = bar.add_task("coverage", total=len(every))
        rotas = covered_times_by_rota(playbook, open_feeds())
        for _, category, found in find_gaps(playbook, since, since + timedelta(days=days), rotas):
            gaps += found
            bar.update(task, advance=1, description=category)
    if in_json:
        as_json(gaps)
    elif gaps:
        out.print(render_gaps(gaps, zone, shows_all=show_all))
    else:
        of_levels = f"at every level of {number_of(len(every), 'category', 'categories')}"
        out.print(f"Somebody is there to notify, {of_levels}, for {number_of(days, 'day')}.")
    if gaps:
        raise typer.Exit(1)
