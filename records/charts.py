"""
Charts of a report: Vega-Lite forms, drawn to SVG here and now. No script, and nothing is fetched.

What a figure means is not known here, nor how the page looks around a chart.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import vl_convert

from escalation.case.clock_table import PROMISES
from escalation.measures.definitions import attainment_of
from records.figure_formats import format_figure
from records.report import NOT_KNOWN, Group, OpenedCount, Report

Form = dict[str, Any]

INK, QUIET, LINE, BLUE, PALE = "#1f2937", "#6b7280", "#e5e7eb", "#2563eb", "#bfdbfe"
_PRIORITIES = {"P1": "#9f1239", "P2": "#ea580c", "P3": "#2563eb", "P4": "#94a3b8"}
_MOST_BARS = 10
_CONFIG: Form = {
    "font": "Arial, Helvetica, sans-serif",
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "labelFontSize": 11,
        "titleColor": QUIET,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelLimit": 150,
    },
    "legend": {
        "labelColor": INK,
        "labelFontSize": 11,
        "title": None,
        "orient": "top",
        "symbolType": "square",
    },
    "text": {"fontSize": 11, "color": INK},
}


def draw_charts(report: Report) -> dict[str, str]:
    """Name of a chart to its SVG; a chart that would say nothing is left out."""
    forms = {
        **_openings(report),
        "resolve": _times(report.priorities),
        "attainment": _attainment(report.whole),
        "levels": _counts([(f"level {each.level}", each.escalations) for each in report.reached]),
    }
    for by, counts in report.volumes.items():
        known = [(label, count) for label, count in counts if label != NOT_KNOWN]
        if by.value in {"category", "team", "reason", "customer"} and len(known) > 1:
            forms[by.value] = _counts(known[:_MOST_BARS])
    return {name: draw_svg(form, name) for name, form in forms.items() if form}


def draw_svg(form: Form, name: str) -> str:
    """*form* drawn; ids in it begin with *name*, since several stand on one page."""
    drawn = vl_convert.vegalite_to_svg({"config": _CONFIG, **form})
    # Vega numbers gradients and clips from 0 in each drawing; on one page the second would take those of the first.
    return re.sub(r'(\bid="|url\(#|xlink:href="#)', rf"\g<1>{name}-", drawn)


def _opened(opened: Sequence[OpenedCount]) -> Form | None:
    if not opened:
        return None
    days = (opened[-1].on - opened[0].on).days
    counts: Counter[tuple[date, str]] = Counter()
    for each in opened:
        counts[_bucket(each.on, days), each.priority] += each.escalations
    present = [priority for priority in _PRIORITIES if any(priority == found for _, found in counts)]
    across = {
        "title": None,
        "format": _axis(days),
        "labelOverlap": True,
        "grid": False,
        "tickCount": _ticks(days),
    }
    return {
        "width": 900,
        "height": 170,
        "data": {
            "values": [
                {
                    "since": _utc(since),
                    "until": _utc(_next(since, days)),
                    "priority": priority,
                    "count": count,
                }
                for (since, priority), count in sorted(counts.items())
            ]
        },
        "mark": {"type": "bar", "orient": "vertical", "stroke": "white", "strokeWidth": 1},
        "encoding": {
            "x": {
                "field": "since",
                "type": "temporal",
                "timeUnit": "binnedutcyearmonthdate",
                "scale": {"type": "utc"},
                "axis": across,
            },
            "x2": {"field": "until"},
            "y": {
                "field": "count",
                "type": "quantitative",
                "axis": {"title": None, "tickMinStep": 1, "domain": False, "ticks": False},
            },
            "color": {
                "field": "priority",
                "type": "nominal",
                "scale": {"domain": present, "range": [_PRIORITIES[each] for each in present]},
            },
            "order": {"field": "priority"},  # the most urgent at the bottom
        },
    }


_BY_DAY, _BY_WEEK = 45, 740


_ONE_DAY = timedelta(hours=25)
"""The longest day: one on which clocks are put back."""


def _openings(report: Report) -> dict[str, Form | None]:
    """Over time; of a single day, whose one bar would say nothing, by priority alone."""
    return (
        {"of_the_day": _of_one_day(report.opened)}
        if _is_one_day(report)
        else {"opened": _opened(report.opened)}
    )


def _is_one_day(report: Report) -> bool:
    """Say whether the report is of one day (of any zone), so that no course over time can be drawn."""
    period = report.period
    if period.since and period.until:
        return period.until - period.since <= _ONE_DAY
    return len({each.on for each in report.opened}) == 1


def _of_one_day(opened: Sequence[OpenedCount]) -> Form | None:
    found: Counter[str] = Counter()
    for each in opened:
        found[each.priority] += each.escalations
    return _counts([(priority, found[priority]) for priority in _PRIORITIES if found[priority]])


def grain(report: Report) -> str:
    """Return the time that one bar of the chart of openings stands for."""
    opened = report.opened
    days = (opened[-1].on - opened[0].on).days if opened else 0
    return "day" if days <= _BY_DAY else "week" if days <= _BY_WEEK else "month"


# Bars stand for days, weeks from Monday, or months: 45 days are as many as can be told apart, and two years of weeks.
def _bucket(on: date, days: int) -> date:
    if days <= _BY_DAY:
        return on
    return on - timedelta(days=on.weekday()) if days <= _BY_WEEK else on.replace(day=1)


def _next(since: date, days: int) -> date:
    if days <= _BY_DAY:
        return since + timedelta(days=1)
    return since + timedelta(days=7) if days <= _BY_WEEK else (since + timedelta(days=32)).replace(day=1)


def _axis(days: int) -> str:
    return "%-d %b" if days <= _BY_WEEK // 2 else "%b %Y"


def _ticks(days: int) -> Form:
    unit, length = ("day", 1) if days <= _BY_DAY else ("week", 7) if days <= _BY_WEEK else ("month", 31)
    return {"interval": unit, "step": 1 + days // (10 * length)}


def _utc(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _attainment(whole: Group) -> Form | None:
    found = [(clock.words, whole.figures[attainment_of(clock)]) for clock in PROMISES]
    values = [
        {"label": f"{words} ({figure.of:,})", "value": figure.value, "most": 1, "text": format_figure(figure)}
        for words, figure in found
        if figure.value is not None
    ]
    return _rows(values, behind=LINE)


def _times(priorities: Sequence[Group]) -> Form | None:
    values = []
    for group in priorities:
        median, most = group.figures["resolve_median"], group.figures["resolve_p90"]
        if median.value is not None and most.value is not None:
            label, text = f"{group.label} ({median.of:,})", f"{format_figure(median)} · {format_figure(most)}"
            values.append({"label": label, "value": median.value, "most": most.value, "text": text})
    return _rows(values, behind=PALE)


def _counts(counts: Sequence[tuple[str, int]]) -> Form | None:
    return _rows([{"label": each, "value": n, "most": n, "text": f"{n:,}"} for each, n in counts])


def _rows(values: list[Form], behind: str | None = None) -> Form | None:
    """
    A bar for each value, one under the other as they come, with its figure in words; a bar of the colour *behind* is
    as long as ``most``.
    """
    if not values:
        return None
    layers = [_bar("most", behind)] if behind else []
    label_axis = {"title": None, "domain": False, "ticks": False}
    return {
        "width": 240,
        "height": {"step": 24},
        "data": {"values": values},
        "encoding": {"y": {"field": "label", "type": "nominal", "sort": None, "axis": label_axis}},
        "layer": [*layers, _bar("value", BLUE), _words],
    }


def _bar(field: str, colour: str) -> Form:
    return {"mark": {"type": "bar", "color": colour}, "encoding": {"x": _along(field)}}


def _along(field: str) -> Form:
    return {"field": field, "type": "quantitative", "axis": None}


_words: Form = {
    "mark": {"type": "text", "align": "left", "dx": 5},
    "encoding": {"x": _along("most"), "text": {"field": "text"}},
}
