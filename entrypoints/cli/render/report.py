"""
Reports in a terminal, as CSV and as JSON, and one escalation of the record.

Every figure stands beside its definition (RECORD-2). Texts from people are shown as text, never as markup.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from rich import box
from rich.console import Group as Together
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from entrypoints.reason_text import say
from escalation.case.contact_names import ContactNames
from escalation.case.events import Event
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.reasons import named
from escalation.kernel.timeline_entry import brief
from escalation.measures.definitions import Measure
from records.data_export import RecordedEscalation
from records.figure_formats import format_as_of, format_day, format_figure, format_period
from records.report import By, Case, Figure, Group, Report
from records.spreadsheet import cell_text
from records.store import LOG_LINE

_MEDIAN, _NINE_OF_TEN = "_median", "_p90"
_BAR = 24
_MOST_ROWS = 10
_MOST_GROUPS = 20
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_IN_COLUMNS = (
    "escalations",
    "open",
    "acknowledge_median",
    "resolve_median",
    "resolve_p90",
    "breached",
    "level_reached",
    "hand_overs",
    "ping_pong",
    "paused",
    "reopened",
    "satisfaction",
)
_SHORT = {
    "escalations": "all",
    "open": "open",
    "acknowledge_median": "ack.",
    "resolve_median": "resolve",
    "resolve_p90": "90 %",
    "breached": "breach",
    "level_reached": "level",
    "hand_overs": "hand-o.",
    "ping_pong": "ping-p.",
    "paused": "paused",
    "reopened": "reop.",
    "satisfaction": "satisf.",
}


def render_report(found: Report, zone: ZoneInfo) -> RenderableType:
    head = Text(f"Escalations opened {format_period(found.period, zone)}", style="bold")
    head.append(f"\nDays are those of {zone.key}", style="dim")
    if found.imported:
        head.append(f"\n{found.imported:,} of them imported", style="dim")
    head.append(f"\n{format_as_of(found, zone)}", style="dim")
    if found.is_empty:
        return Together(head, Text("None: there is nothing to report."), *_overdue(found))
    parts: list[RenderableType] = [head, _figures(found.whole)]
    if found.by:
        parts.append(_groups(found.by, found.groups))
    parts += [_volume(by, counts) for by, counts in found.volumes.items() if _says_something(counts)]
    if found.worst:
        parts.append(_cases("Worst: most breaches, then reopened, then ping-pong, then longest", found.worst))
    if found.ping_pong:
        parts.append(_ping_pong(found.ping_pong))
    parts += [*_overdue(found), *_causes(found)]
    return Together(*parts)


def report_as_csv(found: Report) -> str:
    """A line for each figure; spans in seconds, shares from 0 to 1."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("group", "measure", "value", "unit", "of", "definition"))
    for label, figure in found.rows():
        measure = figure.measure
        value = "" if figure.value is None else figure.value
        writer.writerow(
            (cell_text(label), figure.name, value, measure.unit.value, figure.of, measure.definition)
        )
    return text.getvalue()


def one(escalation: RecordedEscalation) -> RenderableType:
    """An escalation of the record, with all that happened."""
    head = Text(escalation["key"], style="bold")
    head.append(f"  {escalation['state']}, {escalation['priority']}, {escalation['category']}")
    head.append(f"  from {escalation['source']}", style="dim")
    lived = brief(timedelta(seconds=escalation["lived_for"]))
    facts = Text(
        f"{number_of(escalation['breaches'], 'breach', 'breaches')}, "
        f"{number_of(escalation['hand_overs'], 'hand-over')}, "
        f"reopened {number_of(escalation['reopened'], 'time')}, lived for {lived}"
    )
    lines = Table(box=None, pad_edge=False, show_header=False)
    before: RecordedEscalation = {}
    events = [event for each in escalation["events"] if (event := _event_of(each))]
    names = ContactNames(events=events)
    for event in escalation["events"]:
        at = datetime.fromisoformat(event["at"])
        by, said_of_it = names.find(event["by"]) or event["by"], _sentence(event, before, names)
        lines.add_row(Text(f"{at:%Y-%m-%d %H:%M}", style="dim"), Text(by), Text(said_of_it))
        before = event["event"]
    return Together(head, facts, lines)


def _event_of(recorded: RecordedEscalation) -> Event | None:
    """Return the event; None, if it is a line of another system, or something of it was erased."""
    if recorded["kind"] == LOG_LINE:
        return None
    try:
        return _EVENT.validate_python(recorded["event"])
    except ValidationError:
        return None


def _erased_sentence(recorded: RecordedEscalation) -> str:
    return f"{recorded['kind'].replace('_', ' ')} (erased)"


def _sentence(event: RecordedEscalation, before: RecordedEscalation, names: ContactNames) -> str:
    """Of a line of another system's log, what has changed since the one before."""
    if event["kind"] != LOG_LINE:
        whole = _event_of(event)
        return say(named(whole.sentence(), names.find)) if whole else _erased_sentence(event)
    changes = (f"{name}: {value}" for name, value in event["event"].items() if before.get(name) != value)
    return ", ".join(changes) or "nothing that is kept has changed"


def _figures(group: Group) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("figure", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("of", justify="right", style="dim", no_wrap=True)
    table.add_column("what it says", style="dim", overflow="fold")
    for figure in group.figures.values():
        if figure.value is not None and not figure.name.endswith(_NINE_OF_TEN):
            table.add_row(*_row(figure, group))
    absent = [measure.title for measure in _absent(group)]
    if absent:
        table.caption = f"Nothing to draw these from: {', '.join(absent)}."
        table.caption_justify = "left"
    return table


def _row(figure: Figure, group: Group) -> tuple[str, str, str, str]:
    """Title, value, of how many, definition; median and 90 % of the same time share a row."""
    title, value, definition = figure.measure.title, format_figure(figure), figure.measure.definition
    if figure.name.endswith(_MEDIAN):
        nine = group.figures[figure.name.removesuffix(_MEDIAN) + _NINE_OF_TEN]
        title = title.removesuffix(", median")
        value = f"{value} (median)\n{format_figure(nine)} (90 %)"
        definition += f" {nine.measure.share}"
    return title, value, f"{figure.of:,}", definition


def _absent(group: Group) -> Iterator[Measure]:
    return (figure.measure for figure in group.figures.values() if figure.value is None)


def _groups(by: By, groups: Sequence[Group]) -> RenderableType:
    shown = [name for name in _IN_COLUMNS if any(group.value(name) is not None for group in groups)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=f"By {by}", title_justify="left")
    table.add_column(by.value, overflow="ellipsis", no_wrap=True, max_width=28)
    for name in shown:
        table.add_column(_SHORT[name], justify="right", no_wrap=True)
    for group in groups[:_MOST_GROUPS]:
        table.add_row(Text(group.label), *(format_figure(group.figures[name]) for name in shown))
    return _with_more(table, len(groups) - _MOST_GROUPS)


def _with_more(table: Table, more: int) -> RenderableType:
    if more <= 0:
        return table
    return Together(table, Text(f"… and {more:,} more; --json and --csv have them all", style="dim"))


def _says_something(counts: Sequence[tuple[str, int]]) -> bool:
    return len(counts) > 1


def _volume(by: By, counts: Sequence[tuple[str, int]]) -> RenderableType:
    table = Table(box=None, pad_edge=False, show_header=False, title=f"\nBy {by}", title_justify="left")
    most = max(count for _, count in counts)
    for label, count in counts[:_MOST_ROWS]:
        bar = "█" * max(1, round(_BAR * count / most))
        table.add_row(
            Text(label, overflow="ellipsis"), Text(f"{count:,}", justify="right"), Text(bar, style="cyan")
        )
    return _with_more(table, len(counts) - _MOST_ROWS)


def _cases(title: str, cases: Sequence[Case]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=f"\n{title}", title_justify="left")
    for heading in ("key", "P", "category", "lived for", "breaches", "reopened", "hand-overs", "ping-pong"):
        table.add_column(
            heading, no_wrap=True, justify="left" if heading in {"key", "P", "category"} else "right"
        )
    for case in cases:
        counts = (case.breaches, case.reopened, case.hand_overs, case.ping_pong)
        lived = brief(timedelta(seconds=case.lived_for))
        table.add_row(Text(case.key), case.priority, Text(case.category), lived, *map(str, counts))
    return table


def _ping_pong(cases: Sequence[Case]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="\nPing-pong: who had it", title_justify="left")
    table.add_column("key", no_wrap=True)
    table.add_column("", overflow="fold")
    for case in cases:
        table.add_row(Text(case.key), Text(" → ".join(case.owners)))
    return table


def _overdue(found: Report) -> Iterator[RenderableType]:
    if found.overdue:
        title = (
            f"\nActions overdue on {format_day(found.as_of)}, whenever their escalations were opened: "
            f"{len(found.overdue):,} of {found.to_do:,} still to be done"
        )
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
        for heading in ("due", "owner", "what", "key"):
            table.add_column(heading, overflow="fold")
        for each in found.overdue[:_MOST_ROWS]:
            table.add_row(str(each.due), Text(each.owner), Text(each.what), Text(each.key))
        yield _with_more(table, len(found.overdue) - _MOST_ROWS)


def _causes(found: Report) -> Iterator[RenderableType]:
    if found.causes:
        table = Table(
            box=box.SIMPLE_HEAD, pad_edge=False, title="\nRepeated root causes", title_justify="left"
        )
        table.add_column("times", justify="right")
        table.add_column("cause", overflow="fold")
        table.add_column("first of them", overflow="fold")
        for cause in found.causes:
            table.add_row(str(cause.escalations), Text(cause.cause), Text(", ".join(cause.keys[:3])))
        yield table
