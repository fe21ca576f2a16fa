"""
Pages on which people make moves: the form, the preview, and the move itself.

Must not know markup or rules.
"""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.move_form import begun_with, form_of, has_form, known_in, read_form
from entrypoints.web.console.page_reads import names_in
from entrypoints.web.console.page_service import PageService, case_path, key_in
from entrypoints.web.console.reader import Reader
from escalation.case.lifecycle import Move
from escalation.case.rca_on_file import proposed_timeline
from escalation.case.state import Escalation
from escalation.kernel.refusals import EscalationError, UnknownEscalation


class MovePages:
    """Forms of moves."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def move(self, request: Request) -> Response:
        """Show the form of a move; once it is sent, make the move."""
        reader, move = await self._service.reader(request), _move(request)
        if request.method != "POST":
            return await self._form(request, reader, move, FormState())
        given = FormState.sent(await self._service.fields(request))
        person = reader.require_person()
        if given.is_changed_only:
            return await self._form(request, reader, move, given)
        try:
            command = read_form(move, person, given.fields, reader.zone)
            if given.is_preview:
                preview = await reader.client.preview(key_in(request), command, self._service.samples.write)
                return await self._form(request, reader, move, given, preview=preview)
            await reader.client.ask(key_in(request), command)
        except UnknownEscalation:
            raise
        except EscalationError as error:
            return await self._form(request, reader, move, given.refused(error))
        self._service.open.forget()
        return RedirectResponse(f"{case_path(key_in(request))}?done={move}", 303)

    async def _form(
        self, request: Request, reader: Reader, move: Move, given: FormState, **more: Any
    ) -> Response:
        key = key_in(request)
        now = await reader.client.state(key)
        reader = reader.knowing(names_in(now))
        known = known_in(now, self._service.playbook.pause_reasons(), self._service.languages.tags)
        begun = given.fields or await _begun(reader, key, move, now)
        form, faults = form_of(move), given.faults(reader)
        return self._service.page(
            "move.html",
            reader,
            status=given.status,
            page="all",
            here=case_path(key),
            about=now.request.subject,
            key=now.key,
            move=move,
            fields=form.fields(known, {**request.query_params, **begun}, faults, given.add),
            faults=faults,
            refusal=given.refusal,
            path=request.url.path,
            **{"preview": None, **more},
        )


async def _begun(reader: Reader, key: str, move: Move, now: Escalation) -> Mapping[str, str]:
    is_first_rca = move is Move.FILE_RCA and now.rca.internal is None
    entries = await reader.client.timeline(key) if is_first_rca else ()
    return begun_with(move, now, proposed_timeline(entries, reader.say), reader.zone)


def _move(request: Request) -> Move:
    given = request.path_params["move"]
    if given not in set(Move) or not has_form(Move(given)):
        raise HTTPException(404)
    return Move(given)
