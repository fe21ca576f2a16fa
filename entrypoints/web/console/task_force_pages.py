"""
Pages of a task force: how it stands, and the moves of its members.

Must not know markup or rules.
"""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.move_form import pairs_of, read_command
from entrypoints.web.console.page_reads import names_in
from entrypoints.web.console.page_service import PageService, case_path, key_in
from entrypoints.web.console.reader import Reader
from entrypoints.web.console.record_form import Known, RecordForm
from escalation.kernel.refusals import EscalationError, UnknownEscalation
from escalation.policy.people import ContactKind
from escalation.task_force.commands import MEMBERS_COMMANDS, MembersCommand
from escalation.task_force.lifecycle import STANDING
from escalation.task_force.view import TaskForceView

_COMMANDS = {command.move.value: command for command in MEMBERS_COMMANDS}


class TaskForcePages:
    """The pages of a task force."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def show(self, request: Request) -> Response:
        reader, key, name = await self._service.reader(request), key_in(request), _name(request)
        force, now = await reader.client.task_force(key, name), await reader.client.state(key)
        return self._service.page(
            "task_force.html",
            reader.knowing(names_in(now)),
            page="all",
            here=case_path(key),
            path=request.url.path,
            key=now.key,
            about=now.request.subject,
            force=force,
            moves=tuple(_COMMANDS) if force.state in STANDING else (),
            stories=(await reader.client.task_force_timeline(key, name))[::-1],
            done="",
        )

    async def move(self, request: Request) -> Response:
        """Show the form of a member's move; once it is sent, make the move."""
        reader, command = await self._service.reader(request), _command(request)
        if request.method != "POST":
            return await self._form(request, reader, command, FormState(dict(request.query_params)))
        given = FormState.sent(await self._service.fields(request))
        person = reader.require_person()
        try:
            plain = _form_of(command).plain(given.fields, reader.zone)
            asked: MembersCommand = read_command(command, {**plain, "by": person})
            await reader.client.ask_task_force(key_in(request), _name(request), asked)
        except UnknownEscalation:
            raise
        except EscalationError as error:
            return await self._form(request, reader, command, given.refused(error))
        return RedirectResponse(request.url.path.rpartition("/")[0], 303)

    async def _form(
        self, request: Request, reader: Reader, command: type[MembersCommand], given: FormState
    ) -> Response:
        key, name = key_in(request), _name(request)
        force, now = await reader.client.task_force(key, name), await reader.client.state(key)
        reader, faults = reader.knowing(names_in(now)), given.faults(reader)
        people = pairs_of(each for each in now.plan.contacts if each.kind is ContactKind.PERSON)
        fields = _form_of(command).fields(_known(force, people), given.fields, faults)
        here: dict[str, Any] = {"here": request.url.path.rpartition("/")[0], "path": request.url.path}
        return self._service.page(
            "task_force_move.html",
            reader,
            status=given.status,
            page="all",
            key=now.key,
            force=force,
            move=command.move,
            fields=fields,
            faults=faults,
            refusal=given.refusal,
            **here,
        )


def _form_of(command: type[MembersCommand]) -> RecordForm:
    return RecordForm(command, frozenset({"by"}))


def _known(force: TaskForceView, people: Any) -> Known:
    tasks = [(str(task.number), str(task.what)) for task in force.tasks if task.is_open]
    seats = [(str(seat.number), seat.role) for seat in force.seats if seat.held_by is None]
    return Known({"owner": people, "to": people, "task": tasks, "seat": seats}, {})


def _name(request: Request) -> str:
    return str(request.path_params["name"])


def _command(request: Request) -> type[MembersCommand]:
    if request.path_params["move"] not in _COMMANDS:
        raise HTTPException(404)
    return _COMMANDS[request.path_params["move"]]
