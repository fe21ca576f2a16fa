"""
Executive sponsorship of accounts: listed, looked at, and one operation for each move.
"""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel
from starlette.responses import Response

from entrypoints.web.api.api_visit import CurrentVisit
from entrypoints.web.api.command_body import Operation, add_preview, body_of, read_command
from entrypoints.web.api.list_cursors import DEFAULT_LIMIT, Cursor, Limit, Page
from entrypoints.web.api.problems import LOOKING, MOVING
from escalation.contract import SponsorshipListing
from escalation.kernel.field_reader import purpose_of
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import LONGEST_NAME, Name, reader_of
from escalation.sponsorship.move_index import PERSONS_COMMANDS, PersonsCommand
from escalation.sponsorship.move_permissions import SponsorshipPermission
from escalation.sponsorship.state import Sponsorship
from planning.plan.sponsorship_people import people_of_sponsorship

router = APIRouter(tags=["sponsorship"])
Account = Annotated[
    str,
    Path(min_length=1, max_length=LONGEST_NAME, description="The account.", examples=["ACME"]),
    AfterValidator(reader_of(Name).validate_python),
]


@router.get("/sponsorships", response_model=tuple[SponsorshipListing, ...], responses=LOOKING)
async def list_sponsorships(visit: CurrentVisit) -> Response:
    """List the accounts that are proposed or sponsored."""
    return visit.answer([line async for line in visit.client.sponsorships()])


@router.get(
    "/sponsorships/{account:path}/moves", response_model=tuple[SponsorshipPermission, ...], responses=LOOKING
)
async def list_moves_in_sponsorship(visit: CurrentVisit, account: Account) -> Response:
    """List each move as whoever asks may make it now, with the reason why not; as somebody may, if nobody is named."""
    playbook = await asyncio.to_thread(visit.service.playbook.require)
    find_people = partial(people_of_sponsorship, playbook)
    return visit.answer(await visit.client.sponsorship_permissions(account, visit.caller.person, find_people))


@router.get("/sponsorships/{account:path}/timeline", response_model=Page[TimelineEntry], responses=LOOKING)
async def show_sponsorship_timeline(
    visit: CurrentVisit, account: Account, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = ""
) -> Response:
    """Show the end of what happened in a sponsorship, oldest first."""
    found, of = await visit.client.sponsorship_timeline(account), f"timeline of {account}"
    page = visit.service.cursors.page_after(of, found, cursor, limit, lambda entry: entry.seq)
    return visit.answer(page)


@router.get("/sponsorships/{account:path}", response_model=Sponsorship, responses=LOOKING)
async def show_sponsorship(visit: CurrentVisit, account: Account) -> Response:
    """Show the sponsorship of an account as it is."""
    return visit.answer(await visit.client.sponsorship(account))


def _operation(command: type[PersonsCommand], body: type[BaseModel]) -> Operation:
    async def make_move(visit: CurrentVisit, account: Account, said: BaseModel) -> Response:
        asked = read_command(command, said, by=visit.person)
        return visit.answer(await visit.client.ask_sponsorship(account, asked))

    make_move.__annotations__["said"] = body
    return make_move


def _preview(command: type[PersonsCommand]) -> Operation:
    async def preview(visit: CurrentVisit, account: Account, said: BaseModel) -> Response:
        asked = read_command(command, said, by=visit.person)
        playbook = await asyncio.to_thread(visit.service.playbook.require)
        find_people, write = partial(people_of_sponsorship, playbook), visit.service.samples.write
        return visit.answer(await visit.client.preview_in_sponsorship(account, asked, find_people, write))

    return preview


for _command in PERSONS_COMMANDS:
    _move, _body = _command.move.value, body_of(_command)
    _path = f"/sponsorships/{{account:path}}/moves/{_move}"
    _name = _move if _move.endswith("sponsorship") else f"{_move}_sponsorship"
    router.add_api_route(
        _path,
        _operation(_command, _body),
        methods=["POST"],
        name=_name,
        summary=_move.replace("_", " ").capitalize(),
        description=purpose_of(_command),
        response_model=Sponsorship,
        responses=MOVING,
    )
    add_preview(router, _path, _name, _preview(_command), _body, _move.replace("_", " "))
