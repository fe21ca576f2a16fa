"""
Pages of executive sponsorships: the list, one account's, and the moves of it.

Must not know markup or rules.
"""

import asyncio
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from entrypoints.web.console.form_faults import place_faults
from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.form_visit import FormVisit
from entrypoints.web.console.move_form import read_command
from entrypoints.web.console.page_service import PageService, command_in
from entrypoints.web.console.reader import Reader
from entrypoints.web.console.record_form import Known, RecordForm
from escalation.move_preview import MovePreview
from escalation.sponsorship.lifecycle import SponsorshipMove
from escalation.sponsorship.move_index import PERSONS_COMMANDS, PersonsCommand
from planning.plan.sponsorship_people import people_of_sponsorship

LIST = "/sponsorships"
_COMMANDS = {command.move.value: command for command in PERSONS_COMMANDS}
_HIDDEN = frozenset({"by", "escalation"})


class _MoveConvertor(StringConvertor):
    """An account can have a slash in its name, so that only the names of moves tell where it ends."""

    regex = "|".join(SponsorshipMove)


register_url_convertor("sponsorship_move", _MoveConvertor())


class SponsorshipPages:
    """The pages of sponsorships."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def list(self, request: Request) -> Response:
        """List what runs; an account that is typed leads to the form that proposes it."""
        reader, account = await self._service.reader(request), request.query_params.get("account", "").strip()
        if account:
            return RedirectResponse(f"{sponsorship_path(account)}/{SponsorshipMove.PROPOSE}", 303)
        rows = sorted([row async for row in reader.client.sponsorships()], key=lambda row: row.account)
        return self._page("sponsorships.html", reader, rows=rows, path_of=sponsorship_path)

    async def show(self, request: Request) -> Response:
        reader, account = await self._service.reader(request), _account(request)
        programme = await reader.client.sponsorship(account)
        playbook = await asyncio.to_thread(self._service.playbook.require)
        person = reader.person if reader.person in playbook.people else None
        find_people = partial(people_of_sponsorship, playbook)
        permissions = await reader.client.sponsorship_permissions(account, person, find_people)
        return self._page(
            "sponsorship.html",
            reader,
            path=request.url.path,
            programme=programme,
            possible=[each.move for each in permissions if each.is_allowed],
            forbidden=[(each.move, each.obstacle or "") for each in permissions if not each.is_allowed],
            stories=(await reader.client.sponsorship_timeline(account))[::-1],
        )

    async def move(self, request: Request) -> Response:
        reader = await self._service.reader(request)
        return await _SponsorshipVisit(self._service, request, reader).answer()

    def _page(self, template: str, reader: Reader, **values: Any) -> Response:
        return self._service.page(template, reader, page="sponsorships", **values)


class _SponsorshipVisit(FormVisit[PersonsCommand]):
    """A move in the sponsorship of an account."""

    def __init__(self, service: PageService, request: Request, reader: Reader) -> None:
        super().__init__(service, request, reader)
        self._account, self._command = _account(request), command_in(request, _COMMANDS)

    def read(self, given: FormState, person: str) -> PersonsCommand:
        plain = form_of_sponsorship(self._command).plain(given.fields, self.reader.zone)
        return read_command(self._command, {**plain, "by": person})

    async def preview(self, asked: PersonsCommand) -> MovePreview:
        playbook = await asyncio.to_thread(self.service.playbook.require)
        find_people, write = partial(people_of_sponsorship, playbook), self.service.samples.write
        return await self.reader.client.preview_in_sponsorship(self._account, asked, find_people, write)

    async def send(self, asked: PersonsCommand) -> str:
        await self.reader.client.ask_sponsorship(self._account, asked)
        return sponsorship_path(self._account)

    async def draw(self, given: FormState, preview: MovePreview | None = None) -> Response:
        is_proposal = self._command.move is SponsorshipMove.PROPOSE
        if not is_proposal:
            await self.reader.client.sponsorship(self._account)  # is it there? a proposal alone begins one
        people = [(id_, name) for id_, name, _ in self.service.playbook.people()]
        known = Known({"sponsor": people}, {}, {"sponsor": ("hint.sponsors",)})
        drawn = form_of_sponsorship(self._command).fields(known, given.fields)
        placed = place_faults(drawn, given.faults, self.reader)
        return self.service.page(
            "sponsorship_move.html",
            self.reader,
            status=given.status,
            page="sponsorships",
            account=self._account,
            move=self._command.move,
            command=self._command,
            fields=placed.fields,
            faults=placed.lines,
            obstacle=given.obstacle(),
            here=LIST if is_proposal else sponsorship_path(self._account),
            path=self.request.url.path,
            preview=preview,
        )


def sponsorship_path(account: str) -> str:
    """Return the address of the sponsorship of *account*."""
    return f"{LIST}/{quote(account, safe='')}"


def form_of_sponsorship(command: type[PersonsCommand]) -> RecordForm:
    return RecordForm(command, _HIDDEN)


def _account(request: Request) -> str:
    return str(request.path_params["account"])
