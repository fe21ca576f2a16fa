"""The changes of a rebase, in a terminal."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from entrypoints.cli.rebase_preview import Outlook
from entrypoints.cli.render.escalation import format_due
from escalation.case.moves.rebase import MovedClock, RebasePreview


def render_outlooks(outlooks: Sequence[Outlook]) -> Text:
    return Text("\n").join(line for outlook in outlooks for line in _lines(outlook))


def _lines(outlook: Outlook) -> Iterator[Text]:
    would = outlook.rebasing
    if would is None:
        yield Text(f"{outlook.key}  cannot be rebased: {outlook.refused}")
    elif not outlook.is_change:
        yield Text(f"{outlook.key}  goes by {would.after} already")
    else:
        yield Text(f"{outlook.key}  {would.before} → {would.after}", style="bold")
        yield from (Text(f"  {line}") for line in _changes(would))


def _changes(would: RebasePreview) -> Iterator[str]:
    if would.level_after != would.level:
        yield f"level {would.level_after} instead of {would.level}"
    if would.owner_after != would.owner:
        yield f"{would.owner_after} is asked instead of {would.owner}"
    for sponsor in would.sponsors:
        yield f"{sponsor} is notified of it as a sponsor"
    for name in would.breached:
        yield f"{name.words} is breached at once"
    for moved in would.moved:
        before = format_due(moved.due_before, is_over=True).plain or "–"
        after = format_due(moved.due_after, is_over=True).plain or _not_due(moved)
        yield f"{moved.clock.words}: {before} → {after}"


def _not_due(moved: MovedClock) -> str:
    if moved.not_before:
        return f"not before {format_due(moved.not_before, is_over=True)}"
    return "ends" if moved.ends else "held"
