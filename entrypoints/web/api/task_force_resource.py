"""
Task forces of an escalation: looked at, and one operation for each move of their members.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel
from starlette.responses import Response

from entrypoints.web.api.api_visit import ONE, CurrentVisit, KeyInPath
from entrypoints.web.api.command_body import Operation, add_preview, body_of, read_command
from entrypoints.web.api.idempotency import IdempotencyKey, repeat_id
from entrypoints.web.api.list_cursors import DEFAULT_LIMIT, Cursor, Limit, Page
from entrypoints.web.api.problems import LOOKING, MOVING
from escalation.kernel.field_reader import purpose_of
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.task_force.commands import MEMBERS_COMMANDS, MembersCommand
from escalation.task_force.move_permissions import TaskForcePermission
from escalation.task_force.view import TaskForceAnswer, TaskForceView

router = APIRouter(tags=["task forces"])
FORCE = ONE + "/task-forces/{name}"
ForceName = Annotated[str, Path(max_length=200, description="Its name.", examples=["dry-bays"])]


@router.get(FORCE, response_model=TaskForceView, responses=LOOKING)
async def show_task_force(visit: CurrentVisit, key: KeyInPath, name: ForceName) -> Response:
    """Show a task force as it is; the escalation lists which there are."""
    return visit.answer(await visit.client.task_force(key, name))


@router.get(FORCE + "/moves", response_model=tuple[TaskForcePermission, ...], responses=LOOKING)
async def list_moves_in_task_force(visit: CurrentVisit, key: KeyInPath, name: ForceName) -> Response:
    """List each move as whoever asks may make it now, with the reason why not; as somebody may, if nobody is named."""
    return visit.answer(await visit.client.task_force_permissions(key, name, visit.caller.person))


@router.get(FORCE + "/timeline", response_model=Page[TimelineEntry], responses=LOOKING)
async def show_task_force_timeline(
    visit: CurrentVisit, key: KeyInPath, name: ForceName, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = ""
) -> Response:
    """Show what happened in a task force, oldest first."""
    found, of = await visit.client.task_force_timeline(key, name), f"timeline {key} {name}"
    page = visit.service.cursors.page_after(of, found, cursor, limit, lambda entry: entry.seq)
    return visit.answer(page)


def _operation(command: type[MembersCommand], body: type[BaseModel]) -> Operation:
    async def make_move(
        visit: CurrentVisit,
        key: KeyInPath,
        name: ForceName,
        said: BaseModel,
        repeat: IdempotencyKey = None,
    ) -> Response:
        asked = read_command(command, said, by=visit.person)
        id_ = repeat_id(visit, repeat, f"{key} {name} {command.move}", said)
        return visit.answer(await visit.client.ask_task_force(key, name, asked, id=id_))

    make_move.__annotations__["said"] = body
    return make_move


def _preview(command: type[MembersCommand]) -> Operation:
    async def preview(visit: CurrentVisit, key: KeyInPath, name: ForceName, said: BaseModel) -> Response:
        asked = read_command(command, said, by=visit.person)
        write = visit.service.samples.write
        return visit.answer(await visit.client.preview_in_task_force(key, name, asked, write))

    return preview


for _command in MEMBERS_COMMANDS:
    _move, _body = _command.move.value, body_of(_command)
    _path = f"{FORCE}/moves/{_move}"
    router.add_api_route(
        _path,
        _operation(_command, _body),
        methods=["POST"],
        name=_move,
        summary=_move.replace("_", " ").capitalize(),
        description=purpose_of(_command),
        response_model=TaskForceAnswer,
        responses=MOVING,
    )
    add_preview(router, _path, _move, _preview(_command), _body, _move.replace("_", " "))
