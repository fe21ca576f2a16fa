"""`escalate playbook diff`: what changes from one playbook to another."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import Json, StartsAt, TimeZone, argument


def diff(
    old: Annotated[Path, argument("OLD", "A playbook, in YAML.")],
    new: Annotated[Path, argument("NEW", "The changed one.")],
    at: StartsAt = None,
    tz: TimeZone = "UTC",
    in_json: Json = False,
) -> None:
    """Say what changes from one playbook to another, for whom: in words, and as times if nobody answers."""
    from entrypoints.cli.option_values import OptionValues, current_minute
    from entrypoints.cli.progress import progress
    from entrypoints.cli.render.forecast import render_difference
    from entrypoints.terminal import as_json, out
    from planning.forecast.playbook_diff import find_changes
    from planning.forecast.time_changes import find_time_changes
    from planning.playbook.loader import load_playbook

    options = OptionValues()
    zone = options.zone(tz)
    starts_at = options.instant(at, zone, "--at") or current_minute()
    options.require()
    before, after = load_playbook(old), load_playbook(new)
    changed = find_changes(before, after)
    with progress(in_json) as bar:
        bar.add_task("looking ahead", total=None)
        moved = find_time_changes(before, after, starts_at)
    if in_json:
        as_json({"starts_at": starts_at, "changes": changed, "times": moved})
    else:
        names = f"{before.name} {before.version} → {after.name} {after.version}"
        when = f"times of {zone.key}, for a case that starts {starts_at.astimezone(zone):%a %d %b %Y %H:%M}"
        out.print(f"{names}\n{when}", markup=False, style="dim")
        out.print(render_difference(changed, moved, zone))
