"""
The playbook: shown, checked, simulated, and held against another one.

A playbook that is sent stands for itself: it names no file of this machine. Whatever takes long is done in a thread.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from entrypoints.web.api.api_visit import CurrentVisit, Visit
from entrypoints.web.api.problems import LOOKING, MOVING
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.values import Input, InputInstant, Name, frozen
from escalation.policy.classification import Priority
from planning.forecast.coverage import Gap, covered_times_by_rota, find_gaps
from planning.forecast.forecast import ForecastEntry, make_forecast
from planning.forecast.playbook_diff import Change, find_changes
from planning.forecast.sample_request import make_request
from planning.on_call.feeds import Feeds
from planning.playbook.loader import parse_playbook
from planning.playbook.matrix import category_tables_of, matrix_as_data, priority_rows_of
from planning.playbook.schema import Playbook
from runtime.network import Network

router = APIRouter(tags=["playbook"])
PlaybookText = Annotated[
    str,
    Field(min_length=1, max_length=400_000, description="A playbook, in YAML.", examples=["name: ours\n"]),
]


class PlaybookBody(Input):
    """A playbook."""

    playbook: PlaybookText


class SimulationBody(Input):
    """A case, and the playbook that it is to run under."""

    category: Annotated[Name, Field(examples=["complaint"])]
    issue_type: Annotated[Name | None, Field(description="Needed if several have the category.")] = None
    priority: Priority = Priority.P3
    at: Annotated[InputInstant | None, Field(description="When it starts; if omitted, now.")] = None
    playbook: Annotated[
        PlaybookText | None, Field(description="Another one than that of this installation.")
    ] = None


@frozen
class PlaybookCheck:
    """The faults of a playbook, each with its line and column; none, if it can be used."""

    name: str = ""
    version: str = ""
    faults: tuple[Fault, ...] = ()


def _own(visit: Visit) -> Playbook:
    return visit.service.playbook.require()


@router.get("/playbook", response_model=dict[str, Any], responses=LOOKING)
async def show_playbook(visit: CurrentVisit) -> Response:
    """Show the matrix: for each category its levels, windows, responses and triggers; and the priorities."""
    own = await asyncio.to_thread(_own, visit)
    return visit.answer(
        {
            "name": own.name,
            "version": str(own.version),
            "categories": matrix_as_data(tuple(category_tables_of(own, None, None))),
            "priorities": matrix_as_data(tuple(priority_rows_of(own))),
        }
    )


@router.post("/playbook/check", response_model=PlaybookCheck, responses=MOVING)
async def check_playbook(visit: CurrentVisit, said: PlaybookBody) -> Response:
    """Find every fault of a playbook, with its line."""
    try:
        found = await asyncio.to_thread(parse_playbook, said.playbook)
    except BadRequest as refused:
        return visit.answer(PlaybookCheck(faults=refused.faults))
    return visit.answer(PlaybookCheck(name=found.name, version=str(found.version)))


@router.post("/playbook/simulate", response_model=tuple[ForecastEntry, ...], responses=MOVING)
async def simulate_case(visit: CurrentVisit, said: SimulationBody) -> Response:
    """Show what would happen to a case, when, and who would be notified, if nobody acts."""
    return visit.answer(await asyncio.to_thread(_simulate, visit, said))


def _simulate(visit: Visit, said: SimulationBody) -> tuple[ForecastEntry, ...]:
    playbook = parse_playbook(said.playbook) if said.playbook else _own(visit)
    request = make_request(playbook, said.category, said.priority, said.issue_type)
    return make_forecast(playbook, request, said.at or datetime.now(UTC)).entries


@router.get("/playbook/coverage", response_model=list[Gap], responses=LOOKING)
async def show_coverage(
    visit: CurrentVisit,
    days: Annotated[int, Query(ge=1, le=92, description="How many days to look ahead.")] = 31,
) -> Response:
    """Look for times in which a level has nobody to notify."""
    return visit.answer(await asyncio.to_thread(_gaps, visit, days))


def _gaps(visit: Visit, days: int) -> list[Gap]:
    own, now = _own(visit), datetime.now(UTC)
    feeds = Feeds(Network(visit.service.settings.private_networks).transport)
    found = find_gaps(own, now, now + timedelta(days=days), covered_times_by_rota(own, feeds))
    return [gap for _, _, gaps in found for gap in gaps]


@router.post("/playbook/diff", response_model=tuple[Change, ...], responses=MOVING)
async def compare_playbooks(visit: CurrentVisit, said: PlaybookBody) -> Response:
    """Say what would change with another playbook, and for whom."""
    changes = await asyncio.to_thread(lambda: find_changes(_own(visit), parse_playbook(said.playbook)))
    return visit.answer(changes)
