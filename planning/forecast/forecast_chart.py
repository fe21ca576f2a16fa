"""
A forecast as a drawing: levels as bands over time, with what breaches and who is told on them. Plain SVG, no scripts.

A ladder takes minutes at its foot and days at its top, so the distance between two instants grows with the logarithm
of the time between them; the axis says what they are. Draws what it is given, and asks the rules nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise
from math import log2
from zoneinfo import ZoneInfo

from escalation.kernel.characters import clip
from planning.calendars.instants import format_after_start
from planning.forecast.forecast import Forecast, ForecastEntry, ForecastLevel

_LEFT, _RIGHT, _TOP, _BOTTOM = 275, 48, 104, 64
_LANE = 62
_PLOT, _WIDEST_PLOT = 1180.0, 3200.0
_ROOM_FOR_A_MARK = 7.0
_BANDS = ("#fef3c7", "#fde68a", "#fcd34d", "#fdba74", "#fb923c", "#f87171", "#ef4444")
_STYLE = """
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:#1f2937}
.title{font-size:19px;font-weight:600}.quiet{fill:#6b7280;font-size:12px}.level{font-size:14px;font-weight:600}
.when{font-size:12px;font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:4px}
.axis{stroke:#e5e7eb}.day{stroke:#9ca3af;stroke-dasharray:2 4}
.step{stroke:#374151;stroke-width:1.5;fill:none}.reminder{fill:#fff;stroke:#1d4ed8;stroke-width:1.5}
.breach{fill:#991b1b}.customer{fill:#047857}.move{fill:#111827}.refused{fill:#fff;stroke:#111827;stroke-width:1.5}
""".strip()
_LEGEND = (
    ("reminder", "reminder"),
    ("breach", "breach"),
    ("customer", "customers are told"),
    ("move", "a move"),
    ("refused", "a move refused"),
)

_OVER_EACH_OTHER = ("", "reminder", "customer", "breach", "refused", "move")


def draw_forecast(forecast: Forecast, zone: ZoneInfo, title: str) -> str:
    """The forecast as an SVG document; times are those of *zone*."""
    return "\n".join(_Drawing(forecast, zone, title).lines()) + "\n"


class _Scale:
    """From instants to places: never backwards, and two instants are never too near or too far."""

    def __init__(self, instants: Iterable[datetime], start: float) -> None:
        self._places: dict[datetime, float] = {}
        found = sorted(set(instants))
        self._places[found[0]] = start
        gaps = [_gap(after - before) for before, after in pairwise(found)]
        wanted = min(_WIDEST_PLOT, max(_PLOT, _ROOM_FOR_A_MARK * len(gaps)))
        stretch = wanted / (sum(gaps) or 1.0)
        for instant, gap in zip(found[1:], gaps, strict=True):
            start += gap * stretch
            self._places[instant] = start
        self.end = start

    def place(self, at: datetime) -> float:
        return self._places[at]


def _gap(span: timedelta) -> float:
    return log2(2 + span / timedelta(minutes=1))


class _Drawing:
    def __init__(self, forecast: Forecast, zone: ZoneInfo, title: str) -> None:
        self._forecast = forecast
        self._zone = zone
        self._title = title
        ends = (level.until for level in forecast.levels if level.until)
        self._scale = _Scale((*(entry.at for entry in forecast.entries), *ends), _LEFT)
        self._top_level = forecast.plan.last_level
        self._width = self._scale.end + _RIGHT + 90
        self._floor = _TOP + _LANE * self._top_level
        self._height = self._floor + _BOTTOM + 30

    def lines(self) -> Iterator[str]:
        size = f'width="{self._width:.0f}" height="{self._height:.0f}"'
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width:.0f} {self._height:.0f}" {size} '
            f'role="img" aria-label="{escape(self._title)}"><style>{_STYLE}</style>'
        )
        yield '<rect width="100%" height="100%" fill="#ffffff"/>'
        yield from self._head()
        yield from self._lanes()
        yield from self._days()
        yield from self._bands()
        yield from self._marks()
        yield "</svg>"

    def _head(self) -> Iterator[str]:
        yield _text(24, 34, self._title, "title")
        starts_at, reached = self._forecast.starts_at, self._forecast.levels[-1]
        said = f"Level {reached.level} of {self._top_level} reached at {format_after_start(reached.at - starts_at)}"
        drawn = format_after_start(self._forecast.ends_at - starts_at)
        yield _text(24, 56, f"{said} · drawn over {drawn} · times of {self._zone.key}", "quiet")
        x = 30.0
        for kind, words in _LEGEND:
            yield _mark(kind, x, 78)
            yield _text(x + 11, 82, words, "quiet")
            x += 30 + 6.6 * len(words)

    def _lane(self, level: int) -> float:
        """The top of a level's lane: the last level is the highest."""
        return _TOP + _LANE * (self._top_level - level)

    def _lanes(self) -> Iterator[str]:
        for level in self._forecast.plan.levels:
            y = self._lane(level.number)
            yield _line(24, y + _LANE, self._width - 24, y + _LANE, "axis")
            yield _text(24, y + 27, f"{level.number}  {_short(level.name, 28)}", "level")
            names = ", ".join(self._forecast.plan.contact(contact).name for contact in level.contacts)
            yield _text(24, y + 45, _short(names, 36), "quiet")
        yield _text(24, self._floor + 25, "Customers hear", "level")

    def _days(self) -> Iterator[str]:
        """A line where a day of that zone begins, as far as there is room to say which."""
        days: dict[str, float] = {}
        for entry in self._forecast.entries:
            days.setdefault(f"{self._local(entry.at):%a %d %b}", self._scale.place(entry.at))
        free_from = 0.0
        for day, x in days.items():
            yield _line(x - 2, _TOP, x - 2, self._floor + 40, "day")
            if x >= free_from:
                yield _text(x, self._floor + 60, day, "quiet")
                free_from = x + 74

    def _bands(self) -> Iterator[str]:
        levels = self._forecast.levels
        for before, level in pairwise(levels):
            x, foot = self._scale.place(level.at), self._lane(level.level) + _LANE - 8
            yield f'<path class="step" d="M{x:.1f} {self._lane(before.level) + 26:.1f}V{foot:.1f}"/>'
        for level in levels:
            x, y = self._scale.place(level.at), self._lane(level.level)
            end = self._scale.place(level.until) if level.until else self._scale.end + 40
            colour = _BANDS[min((level.level - 1) * len(_BANDS) // max(self._top_level, 1), len(_BANDS) - 1)]
            held = "" if level.until else ' stroke="#374151" stroke-dasharray="4 3"'
            yield (
                f'<rect x="{x:.1f}" y="{y + 26:.1f}" width="{max(end - x, 3):.1f}" height="{_LANE - 34}" rx="4" '
                f'fill="{colour}"{held}>{self._hint(level)}</rect>'
            )
            after = level.at - self._forecast.starts_at
            words = f"{self._local(level.at):%a %H:%M}" + (f" · {format_after_start(after)}" if after else "")
            yield _text(x, y + 20, words, "when")

    def _hint(self, level: ForecastLevel) -> str:
        until = f"{self._local(level.until):%a %d %b %H:%M}" if level.until else "the end of the forecast"
        return _hint(f"level {level.level}, {level.owner}: {self._local(level.at):%a %d %b %H:%M} to {until}")

    def _marks(self) -> Iterator[str]:
        marked = ((_kind(entry), entry) for entry in self._forecast.entries)
        for kind, entry in sorted(marked, key=lambda pair: _OVER_EACH_OTHER.index(pair[0])):
            if not kind:
                continue
            x = self._scale.place(entry.at)
            y = self._floor + 20 if kind == "customer" else self._lane(entry.level) + _LANE - 22
            told = f" → {', '.join(entry.names)}" if entry.names else ""
            yield _mark(kind, x, y, f"{self._local(entry.at):%a %d %b %H:%M} {entry.text}{told}")

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)


def _kind(entry: ForecastEntry) -> str:
    """Which mark an entry gets; empty for what the bands show, and for copies of what is marked already."""
    if entry.kind == "move_refused":
        return "refused"
    if entry.for_customers:
        return "customer"
    if entry.is_message:
        return "reminder" if entry.kind == "reminder" else ""
    if entry.kind == "clock_breached":
        return "breach"
    return "move" if entry.by != "engine" and entry.kind != "opened" else ""


def _mark(kind: str, x: float, y: float, hint: str = "") -> str:
    shape = {
        "breach": f'<path class="breach" d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z">',
        "customer": f'<rect class="customer" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" rx="1.5">',
    }.get(kind, f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4">')
    return f"{shape}{_hint(hint) if hint else ''}</{shape[1:].partition(' ')[0]}>"


def _hint(text: str) -> str:
    return f"<title>{escape(text)}</title>"


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _short(text: str, most: int) -> str:
    return clip(text, most)
