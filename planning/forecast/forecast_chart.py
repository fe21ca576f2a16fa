"""
Chart of a forecast in Vega-Lite, drawn to SVG in this process: levels as bands over time, with marks for what happens.

An escalation takes minutes at its foot and days at its top, with weekends in between. So the distance between two
neighbouring instants grows with the logarithm of the time between them, and the axis shows the days. Whoever points at
a band or a mark reads what it is. Draws a finished forecast and computes nothing of it.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from math import log2
from typing import Any
from zoneinfo import ZoneInfo

from escalation.kernel.characters import clip
from planning.calendars.instants import format_after_start
from planning.forecast.forecast import Forecast, ForecastEntry, ForecastLevel

_Form = dict[str, Any]

_WIDTH, _LANE = 1180, 62
_CUSTOMERS = "Customers"
_COLOURS = ["#fef3c7", "#fde68a", "#fcd34d", "#fdba74", "#fb923c", "#f87171", "#ef4444"]
_MARKS = {
    "reminder": ("circle", "#ffffff", "#1d4ed8"),
    "customers are notified": ("square", "#047857", "#047857"),
    "breach": ("diamond", "#991b1b", "#991b1b"),
    "a move refused": ("circle", "#ffffff", "#111827"),
    "a move": ("circle", "#111827", "#111827"),
}
"""Each with its shape, colour and line; the later ones are drawn over the earlier ones."""
_CONFIG = {
    "font": "Arial, Helvetica, sans-serif",
    "view": {"stroke": None},
    "axis": {"gridColor": "#d1d5db", "domain": False, "ticks": False, "titleFontWeight": "normal"},
    "title": {"anchor": "start", "fontSize": 19, "subtitleFontSize": 12, "subtitlePadding": 8, "offset": 14},
}


def draw_forecast(forecast: Forecast, zone: ZoneInfo, title: str) -> str:
    """Return the forecast as an SVG document; times are those of *zone*."""
    import vl_convert  # noqa: PLC0415 - slow to import, and only needed for pictures

    drawn = vl_convert.vegalite_to_svg(_Chart(forecast, zone).form(title))
    return re.sub(r'<(\w+) aria-label="([^"]*)"([^>]*)/>', r"<\1\3><title>\2</title></\1>", drawn)


def _places_of(instants: Iterable[datetime]) -> dict[datetime, float]:
    """Return a place for each instant: never backwards, and never too near or too far from the one before."""
    # log2(2 + minutes): a minute is less than two steps wide, and a weekend only about twelve.
    first, *others = sorted(set(instants))
    places = {first: 0.0}
    for before, after in pairwise((first, *others)):
        places[after] = places[before] + log2(2 + (after - before) / timedelta(minutes=1))
    return places


class _Chart:
    """One form in layers; each value has a lane, a place in time, and a hint for whoever points at it."""

    def __init__(self, forecast: Forecast, zone: ZoneInfo) -> None:
        self._forecast, self._zone = forecast, zone
        ends = (level.until for level in forecast.levels if level.until)
        self._places = _places_of((*(entry.at for entry in forecast.entries), *ends))
        self._end = max(self._places.values()) * 1.04 + 1

    def form(self, title: str) -> _Form:
        starts_at, last, plan = self._forecast.starts_at, self._forecast.levels[-1], self._forecast.plan
        reached = (
            f"Level {last.level} of {plan.last_level} reached at {format_after_start(last.at - starts_at)}"
        )
        drawn = f"drawn over {format_after_start(self._forecast.ends_at - starts_at)}"
        lanes = [*(self._lane(level.number) for level in reversed(plan.levels)), _CUSTOMERS]
        axis = {
            "title": None,
            "labelExpr": "split(datum.label, '\\n')",
            "labelLimit": 260,
            "labelLineHeight": 15,
        }
        return {
            "config": _CONFIG,
            "title": {"text": title, "subtitle": f"{reached} · {drawn} · times of {self._zone.key}"},
            "width": _WIDTH,
            "height": {"step": _LANE},
            "encoding": {
                "x": {
                    "field": "at",
                    "type": "quantitative",
                    "scale": {"domain": [0, self._end]},
                    "axis": self._days(),
                },
                "y": {"field": "lane", "type": "nominal", "scale": {"domain": lanes}, "axis": axis},
                "description": {"field": "hint"},
            },
            "layer": [self._bands(), self._rises(), self._marks(), self._times()],
        }

    def _days(self) -> _Form:
        """Return an axis with a line where a day begins, and its date where there is room."""
        days: dict[str, float] = {}
        for entry in self._forecast.entries:
            days.setdefault(f"{self._local(entry.at):%a %d %b}", self._place(entry.at))
        names = json.dumps({str(place): day for day, place in days.items()})
        look = {"title": None, "labelOverlap": "greedy", "gridDash": [2, 4]}
        return {**look, "values": list(days.values()), "labelExpr": f"{names}[datum.value]"}

    def _bands(self) -> _Form:
        values = [
            self._value(level.at, self._lane(level.level), self._hint(level))
            | {"level": level.level, "until": self._place(level.until) if level.until else self._end}
            for level in self._forecast.levels
        ]
        last = self._forecast.plan.last_level
        colours = [_COLOURS[min(number * len(_COLOURS) // last, len(_COLOURS) - 1)] for number in range(last)]
        scale = {"domain": list(range(1, last + 1)), "range": colours}
        colour = {"field": "level", "type": "ordinal", "scale": scale, "legend": None}
        return _layer(
            values, "bar", {"x2": {"field": "until"}, "color": colour}, height=26, cornerRadius=4, yOffset=9
        )

    def _rises(self) -> _Form:
        values = [
            self._value(after.at, self._lane(before.level)) | {"to": self._lane(after.level)}
            for before, after in pairwise(self._forecast.levels)
        ]
        return _layer(
            values, "rule", {"y2": {"field": "to"}}, strokeWidth=1.5, yOffset=9, y2Offset=9, aria=False
        )

    def _times(self) -> _Form:
        """Say above each band when its level is reached."""
        values = []
        for level in self._forecast.levels:
            after = level.at - self._forecast.starts_at
            words = f"{self._local(level.at):%a %H:%M}{f' · {format_after_start(after)}' if after else ''}"
            values.append(self._value(level.at, self._lane(level.level)) | {"words": words})
        look = {"align": "left", "fontWeight": "bold", "yOffset": -13, "aria": False}
        return _layer(values, "text", {"text": {"field": "words"}}, **look)

    def _marks(self) -> _Form:
        names = list(_MARKS)
        values = []
        for entry in self._forecast.entries:
            if kind := _kind_of(entry):
                lane = _CUSTOMERS if entry.for_customers else self._lane(entry.level)
                who = f" → {', '.join(entry.names)}" if entry.names else ""
                hint = f"{self._local(entry.at):%a %d %b %H:%M} {entry.text}{who}"
                values.append(self._value(entry.at, lane, hint) | {"kind": kind})
        values.sort(key=lambda value: names.index(value["kind"]))
        legend = {"title": None, "orient": "top", "direction": "horizontal", "symbolSize": 70}
        channels = {}
        for place, channel in enumerate(("shape", "fill", "stroke")):
            scale = {"domain": names, "range": [look[place] for look in _MARKS.values()]}
            channels[channel] = {"field": "kind", "type": "nominal", "scale": scale, "legend": legend}
        return _layer(values, "point", channels, size=60, opacity=1, yOffset=9)

    def _value(self, at: datetime, lane: str, hint: str = "") -> _Form:
        return {"at": self._place(at), "lane": lane, "hint": hint}

    def _lane(self, number: int) -> str:
        level = self._forecast.plan.level(number)
        names = ", ".join(self._forecast.plan.contact(contact).name for contact in level.contacts)
        return f"{number}  {clip(level.name, 34)}\n{clip(names, 40)}"

    def _hint(self, level: ForecastLevel) -> str:
        until = f"{self._local(level.until):%a %d %b %H:%M}" if level.until else "the end of the forecast"
        return f"level {level.level}, {level.owner}: {self._local(level.at):%a %d %b %H:%M} to {until}"

    def _place(self, at: datetime) -> float:
        return round(self._places[at], 3)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)


def _layer(values: list[_Form], mark: str, encoding: _Form, **look: Any) -> _Form:
    return {"data": {"values": values}, "mark": {"type": mark, **look}, "encoding": encoding}


def _kind_of(entry: ForecastEntry) -> str:
    """Return the mark of an entry; empty for what the bands show, and for copies of what has a mark already."""
    if entry.kind == "move_refused":
        return "a move refused"
    if entry.for_customers:
        return "customers are notified"
    if entry.is_message:
        return "reminder" if entry.kind == "reminder" else ""
    if entry.kind == "clock_breached":
        return "breach"
    return "a move" if entry.by != "engine" and entry.kind != "opened" else ""
