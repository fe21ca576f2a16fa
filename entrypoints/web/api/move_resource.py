"""
Moves: one operation for each move of an escalation, made from its declaration.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from entrypoints.web.api.api_visit import ONE, CurrentVisit, KeyInPath
from entrypoints.web.api.command_body import Operation, body_of, read_command
from entrypoints.web.api.idempotency import IdempotencyKey, repeat_id
from entrypoints.web.api.problems import MOVING
from escalation.case.move_index import PERSONS_COMMANDS, PersonsCommand
from escalation.case.view import MoveResult
from escalation.kernel.field_reader import purpose_of
from escalation.kernel.reasons import term
from escalation.kernel.text_fields import WhyText
from escalation.kernel.values import Input, Name
from messages.speaker import speaker

router = APIRouter(tags=["moves"], responses=MOVING)


def _operation(command: type[PersonsCommand], body: type[BaseModel]) -> Operation:
    async def make_move(
        visit: CurrentVisit, key: KeyInPath, said: BaseModel, repeat: IdempotencyKey = None
    ) -> Response:
        asked = read_command(command, said, by=visit.person)
        id_ = repeat_id(visit, repeat, f"{key} {command.move}", said)
        return visit.answer(await visit.client.ask(key, asked, id=id_))

    make_move.__annotations__["said"] = body
    return make_move


for _command in PERSONS_COMMANDS:
    _move = _command.move.value
    router.add_api_route(
        f"{ONE}/moves/{_move}",
        _operation(_command, body_of(_command, _move)),
        methods=["POST"],
        name=_move,
        summary=speaker().say(term(_command.move)).capitalize(),
        description=purpose_of(_command),
        response_model=MoveResult,
    )


class RebaseBody(Input):
    """Go on by the playbook of today."""

    why: WhyText
    sha256: Annotated[
        str, Field(max_length=64, description="Of the playbook that is meant; if omitted, any.")
    ] = ""
    issue_type: Name | None = None
    category: Name | None = None


@router.post(ONE + "/moves/rebase", name="rebase", summary="Rebase", response_model=MoveResult)
async def rebase(
    visit: CurrentVisit, key: KeyInPath, said: RebaseBody, repeat: IdempotencyKey = None
) -> Response:
    """Go on by the workers' playbook of today, in another category if one is given."""
    given = said.model_dump()
    id_ = repeat_id(visit, repeat, f"{key} rebase", said)
    return visit.answer(await visit.client.rebase(key, by=visit.person, id=id_, **given))
