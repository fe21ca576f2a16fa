"""Page of a forecast: the chart, and a table of everything that happens. Self-contained, printable, no scripts."""

from collections.abc import Iterator
from html import escape
from zoneinfo import ZoneInfo

from planning.calendars.instants import format_after_start
from planning.forecast.forecast import Forecast, ForecastEntry
from planning.forecast.forecast_chart import draw_forecast

_STYLE = """
body{font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;color:#1f2937;
margin:24px;max-width:1600px}
.drawing{overflow-x:auto;border:1px solid #e5e7eb;border-radius:8px;margin-bottom:24px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:3px 12px 3px 0;vertical-align:top}
th{border-bottom:2px solid #9ca3af;position:sticky;top:0;background:#fff}
tr.rise td{border-top:2px solid #fcd34d;font-weight:600}
tr.breach td{color:#991b1b}tr.message td{color:#4b5563}td.at{white-space:nowrap;font-variant-numeric:tabular-nums}
@media print{.drawing{overflow:visible;border:0}.drawing svg{width:100%;height:auto}th{position:static}}
""".strip()


def make_forecast_page(forecast: Forecast, zone: ZoneInfo, title: str) -> str:
    """Return the forecast as an HTML document; times are those of *zone*."""
    rows = "\n".join(_make_rows(forecast, zone))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>\n'
        f'<div class="drawing">{draw_forecast(forecast, zone, title)}</div>\n'
        f"<table><thead><tr><th>{escape(zone.key)}</th><th>after</th><th>level</th><th>what</th><th>who</th></tr>"
        f"</thead><tbody>\n{rows}\n</tbody></table></body></html>\n"
    )


def _make_rows(forecast: Forecast, zone: ZoneInfo) -> Iterator[str]:
    for entry in forecast.entries:
        after = format_after_start(entry.at - forecast.starts_at)
        cells = (
            f"{entry.at.astimezone(zone):%a %d %b %H:%M:%S}",
            after,
            str(entry.level),
            _describe_entry(entry),
            ", ".join(entry.names),
        )
        inner = "".join(
            f"<td{' class=at' if number < 2 else ''}>{escape(cell)}</td>" for number, cell in enumerate(cells)
        )
        yield f'<tr class="{_css_class_of(entry)}">{inner}</tr>'


def _describe_entry(entry: ForecastEntry) -> str:
    is_internal = entry.is_message and not entry.for_customers
    return f"{entry.kind.replace('_', ' ')}: {entry.text}" if is_internal else entry.text


def _css_class_of(entry: ForecastEntry) -> str:
    if entry.is_rise:
        return "rise"
    if entry.kind in {"clock_breached", "breach"}:
        return "breach"
    return "message" if entry.is_message else "event"
