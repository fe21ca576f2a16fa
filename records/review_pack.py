"""
The review pack: the report of a period as one page, to look at and to print (RECORD-3). Self-contained, no scripts.

The form is in ``review_pack.html``. Who gets it, and when, is not known here.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Template
from markupsafe import Markup

from escalation.kernel.timeline_entry import brief
from escalation.measures.definitions import BY_NAME
from messages.html_forms import html_forms
from records.charts import draw_charts, grain
from records.figure_formats import format_as_of, format_day, format_figure, format_period
from records.report import FIRST, Report

_MOST_GROUPS = 40


def render_review_pack(report: Report, zone: ZoneInfo) -> str:
    """The page as HTML, its days those of *zone*; every text of people is escaped."""
    drawn = {name: Markup(svg) for name, svg in draw_charts(report).items()}  # noqa: S704 - drawn by us
    return _form().render(
        report=report,
        title=f"Escalations opened {format_period(report.period, zone)}",
        as_of=format_day(report.as_of.astimezone(zone)),
        currency=format_as_of(report, zone),
        zone=zone,
        first=[report.whole.figures[name] for name in FIRST if report.whole.value(name) is not None],
        columns=[name for name in FIRST if any(group.value(name) is not None for group in report.groups)],
        groups=report.groups[:_MOST_GROUPS],
        charts=drawn,
        grain=grain(report),
        definitions=BY_NAME,
    )


@cache
def _form() -> Template:
    forms = html_forms(Path(__file__).parent)
    forms.filters |= {
        "said": format_figure,
        "day": format_day,
        "span": lambda seconds: brief(timedelta(seconds=seconds)),
    }
    return forms.get_template("review_pack.html")
