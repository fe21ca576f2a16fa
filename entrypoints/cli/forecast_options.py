"""Options of forecasts: the sample request, and the files that a forecast is drawn into."""

from pathlib import Path
from zoneinfo import ZoneInfo

from entrypoints.cli import option_values
from entrypoints.cli.command_names import name_options
from escalation.case.request import StartRequest
from escalation.policy.classification import EscalationReason, Priority
from planning.forecast.forecast import Forecast
from planning.forecast.forecast_chart import draw_forecast
from planning.forecast.forecast_page import make_forecast_page
from planning.forecast.sample_request import categories_of, make_request
from planning.playbook.faults import list_names
from planning.playbook.loader import Playbook


def make_sample_request(
    options: option_values.OptionValues,
    playbook: "Playbook",
    category: str | None,
    priority: str,
    issue_type: str | None,
    reason: str,
) -> StartRequest:
    wanted = options.read(Priority.P3, option_values.parse_choice, Priority, priority, "--priority")
    because = options.read(
        EscalationReason.OTHER, option_values.parse_choice, EscalationReason, reason, "--reason"
    )
    if category is None:
        known = dict.fromkeys(name for _, name in categories_of(playbook))
        raise option_values.bad_option("--category", "nothing", list_names(known))
    with name_options(("category", "issue_type", "priority", "reason")):
        return make_request(playbook, category, wanted, issue_type, because)


def draw_forecast_files(
    forecast: "Forecast", zone: ZoneInfo, title: str, svg: Path | None, html: Path | None
) -> None:
    if svg:
        option_values.write_file(svg, draw_forecast(forecast, zone, title), "--svg")
    if html:
        option_values.write_file(html, make_forecast_page(forecast, zone, title), "--html")
