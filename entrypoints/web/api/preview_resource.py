"""
Previews: which moves are allowed, what one would do, and what happens if nobody acts. Nothing changes by them.
"""

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from client import RebaseOutlook
from entrypoints import rebase_outlook
from entrypoints.web.api.api_visit import ONE, CurrentVisit, KeyInPath
from entrypoints.web.api.command_body import Operation, add_preview, body_of, read_command
from entrypoints.web.api.problems import LOOKING, MOVING
from escalation.case.move_index import PERSONS_COMMANDS, PersonsCommand
from escalation.case.move_permissions import MovePermission
from escalation.kernel.reasons import term
from escalation.kernel.values import Input, Name
from escalation.move_preview import Consequence
from messages.speaker import speaker
from planning.plan.on_call_answer import answer_from_playbook

router = APIRouter(tags=["previews"])
LONGEST_OUTLOOK = timedelta(days=31)


@router.get(ONE + "/moves", response_model=tuple[MovePermission, ...], responses=LOOKING)
async def list_moves(visit: CurrentVisit, key: KeyInPath) -> Response:
    """List each move as whoever asks may make it now, with the reason why not; as somebody may, if nobody is named."""
    return visit.answer(await visit.client.permissions(key, visit.caller.person))


@router.get(ONE + "/forecast", response_model=tuple[Consequence, ...], responses=LOOKING)
async def show_forecast(
    visit: CurrentVisit,
    key: KeyInPath,
    hours: Annotated[
        int, Query(ge=1, le=LONGEST_OUTLOOK // timedelta(hours=1), description="How far to look ahead.")
    ] = 24,
    whole: Annotated[
        bool, Query(description="Look ahead until nothing new would happen, whatever `hours` says.")
    ] = False,
) -> Response:
    """Show what happens if nobody acts: who is reminded, when the level rises, who owns it then."""
    on_call = answer_from_playbook(visit.service.playbook.require())
    ahead = None if whole else hours
    return visit.answer(await visit.client.outlook(key, hours=ahead, on_call=on_call))


class RebasePreviewBody(Input):
    """Another issue type or category than that of its start."""

    issue_type: Name | None = None
    category: Name | None = None


@router.post(
    ONE + "/moves/rebase/preview", name="preview_rebase", response_model=RebaseOutlook, responses=MOVING
)
async def preview_rebase(visit: CurrentVisit, key: KeyInPath, said: RebasePreviewBody) -> Response:
    """Show what a rebase to the playbook of today would change. Nothing changes."""
    playbook = await asyncio.to_thread(visit.service.playbook.require)
    changes = await rebase_outlook.preview_rebase(visit.client, key, playbook, said.issue_type, said.category)
    return visit.answer(RebaseOutlook(sha256=playbook.sha256, changes=changes))


def _preview(command: type[PersonsCommand]) -> Operation:
    async def preview(visit: CurrentVisit, key: KeyInPath, said: BaseModel) -> Response:
        asked = read_command(command, said, by=visit.person)
        return visit.answer(await visit.client.preview(key, asked, visit.service.samples.write))

    return preview


for _command in PERSONS_COMMANDS:
    _move, _body = _command.move.value, body_of(_command, _command.move.value)
    _summary = speaker().say(term(_command.move))
    add_preview(router, f"{ONE}/moves/{_move}", _move, _preview(_command), _body, _summary)
