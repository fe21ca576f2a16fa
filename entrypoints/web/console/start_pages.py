"""
Page on which somebody starts an escalation: the form, the preview, and the start itself.

Must not know markup or rules.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.page_service import PageService, case_path
from entrypoints.web.console.reader import Reader
from entrypoints.web.console.start_form import FORM, known_in, parted, preview_start, read_start
from escalation.kernel.refusals import EscalationError
from planning.playbook.schema import Playbook
from runtime.errors import RuntimeFault


class StartPages:
    """The form of a start."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def start(self, request: Request) -> Response:
        """Show the form; once it is sent, start."""
        reader, playbook = await self._service.reader(request), self._service.playbook.current()
        if playbook is None:
            raise RuntimeFault(reader.text("playbook.unreadable"))
        if request.method != "POST":
            return await self._form(reader, playbook, FormState(dict(request.query_params)))
        given = FormState.sent(await self._service.fields(request))
        person = reader.require_person()
        if given.is_changed_only:
            return await self._form(reader, playbook, given)
        try:
            wanted = read_start(playbook, person, given.fields, reader.zone)
            if given.is_preview:
                on_call, write = self._service.playbook.on_call(), self._service.samples.write
                preview = preview_start(playbook, wanted, reader.now, on_call, write)
                return await self._form(reader, playbook, given, preview=preview)
            begun = await reader.client.start(wanted)
        except EscalationError as error:
            return await self._form(reader, playbook, given.refused(error))
        self._service.open.forget()
        return RedirectResponse(
            f"{case_path(begun.key)}?done={'repeat' if begun.is_repeat else 'start'}", 303
        )

    async def _form(self, reader: Reader, playbook: Playbook, given: FormState, **more: Any) -> Response:
        rows = await self._service.open.rows(reader.caller.sight)
        accounts = sorted({customer for row in rows for customer in row.customers})
        known, faults = known_in(playbook, self._service.languages.tags, accounts), given.faults(reader)
        first, others = parted(FORM.fields(known, given.fields, faults, given.add))
        key = given.fields.get("key", "").strip()
        return self._service.page(
            "start.html",
            reader,
            status=given.status,
            page="start",
            fields=first,
            others=others,
            is_opened=any(field.value not in {"", field.declared.default} or field.fault for field in others),
            open_already=key if key and any(row.key == key for row in rows) else "",
            faults=faults,
            refusal=given.refusal,
            **{"preview": None, **more},
        )
