"""
Pages of a task force: how it stands, and the moves of its members.

Must not know markup or rules.
"""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.console.form_faults import place_faults
from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.form_visit import FormVisit
from entrypoints.web.console.move_form import pairs_of, read_command
from entrypoints.web.console.page_reads import names_in, permissions_of
from entrypoints.web.console.page_service import PageService, command_in, key_in
from entrypoints.web.console.people_who_may import name_people
from entrypoints.web.console.reader import Reader
from entrypoints.web.console.record_form import Known, Pairs, RecordForm
from escalation.case.lifecycle import Move
from escalation.case.move_permissions import MovePermission
from escalation.case.state import Escalation
from escalation.move_preview import MovePreview
from escalation.policy.people import ContactKind
from escalation.task_force.commands import MEMBERS_COMMANDS, MembersCommand
from escalation.task_force.lifecycle import STANDING
from escalation.task_force.view import TaskForceView
from runtime.signed_links import case_path

_COMMANDS = {command.move.value: command for command in MEMBERS_COMMANDS}


class TaskForcePages:
    """The pages of a task force."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def show(self, request: Request) -> Response:
        reader, key, name = await self._service.reader(request), key_in(request), _name(request)
        force, now = await reader.client.task_force(key, name), await reader.client.state(key)
        permissions = await reader.client.task_force_permissions(key, name, reader.person)
        order = _permission_to_stand_down(now, reader.person) if force.state in STANDING else None
        return self._service.page(
            "task_force.html",
            reader.knowing(names_in(now)),
            page="all",
            here=case_path(key),
            path=request.url.path,
            key=now.key,
            about=now.request.subject,
            force=force,
            possible=[each.move for each in permissions if each.is_allowed],
            forbidden=[(each.move, each.obstacle or "") for each in permissions if not each.is_allowed],
            may_stand_down=order is not None and order.is_allowed,
            not_stood_down=[(order.move, order.obstacle)] if order and order.obstacle else [],
            stories=(await reader.client.task_force_timeline(key, name))[::-1],
            done="",
        )

    async def move(self, request: Request) -> Response:
        reader = await self._service.reader(request)
        return await _MemberVisit(self._service, request, reader).answer()


class _MemberVisit(FormVisit[MembersCommand]):
    """A member's move in a task force."""

    def __init__(self, service: PageService, request: Request, reader: Reader) -> None:
        super().__init__(service, request, reader)
        self._key, self._name = key_in(request), _name(request)
        self._command = command_in(request, _COMMANDS)
        self._here = request.url.path.rpartition("/")[0]

    def read(self, given: FormState, person: str) -> MembersCommand:
        plain = _form_of(self._command).plain(given.fields, self.reader.zone)
        return read_command(self._command, {**plain, "by": person})

    async def preview(self, asked: MembersCommand) -> MovePreview:
        write = self.service.samples.write
        return await self.reader.client.preview_in_task_force(self._key, self._name, asked, write)

    async def send(self, asked: MembersCommand) -> str:
        await self.reader.client.ask_task_force(self._key, self._name, asked)
        return self._here

    async def draw(self, given: FormState, preview: MovePreview | None = None) -> Response:
        client = self.reader.client
        force, now = await client.task_force(self._key, self._name), await client.state(self._key)
        reader = self.reader.knowing(names_in(now))
        people = pairs_of(each for each in now.plan.contacts if each.kind is ContactKind.PERSON)
        drawn = _form_of(self._command).fields(_known(force, people), given.fields)
        placed = place_faults(drawn, given.faults, reader)
        return self.service.page(
            "task_force_move.html",
            reader,
            status=given.status,
            page="all",
            key=now.key,
            force=force,
            move=self._command.move,
            command=self._command,
            fields=placed.fields,
            faults=placed.lines,
            obstacle=given.obstacle(now),
            here=self._here,
            path=self.request.url.path,
            preview=preview,
        )


def _form_of(command: type[MembersCommand]) -> RecordForm:
    return RecordForm(command, frozenset({"by"}))


def _known(force: TaskForceView, people: Pairs) -> Known:
    tasks = [(str(task.number), str(task.what)) for task in force.tasks if task.is_open]
    seats = [(str(seat.number), seat.role) for seat in force.seats if seat.held_by is None]
    members = {force.lead, *(seat.held_by for seat in force.seats)}
    engaged = members | {seat.offered_to for seat in force.seats}
    choices = {
        "owner": [(id_, name) for id_, name in people if id_ in members],
        "to": [(id_, name) for id_, name in people if id_ not in engaged],
        "task": tasks,
        "seat": seats,
    }
    return Known(choices, {}, {"owner": ("hint.members",), "to": ("hint.free",)})


def _permission_to_stand_down(now: Escalation, person: str | None) -> MovePermission:
    """Return whether *person* may end it, which is a move of the escalation."""
    order = next(each for each in permissions_of(now, person) if each.move is Move.STAND_DOWN_TASK_FORCE)
    return replace(order, obstacle=name_people(order.obstacle, now)) if order.obstacle else order


def _name(request: Request) -> str:
    return str(request.path_params["name"])
