"""
Page on which somebody starts an escalation: the form, the preview, and the start itself.

Must not know markup or rules.
"""

from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.console.form_faults import place_faults
from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.form_visit import FormVisit
from entrypoints.web.console.page_service import PageService
from entrypoints.web.console.reader import Reader
from entrypoints.web.console.start_form import FORM, known_in, parted, preview_start, read_start
from escalation.case.lifecycle import State
from escalation.case.request import StartRequest
from escalation.kernel.refusals import EscalationError
from escalation.move_preview import MovePreview
from planning.playbook.schema import Playbook
from runtime.errors import RuntimeFault
from runtime.signed_links import case_path


class StartPages:
    """The form of a start."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def start(self, request: Request) -> Response:
        """
        Raises:
            RuntimeFault: If there is no playbook to start by.
        """
        reader, playbook = await self._service.reader(request), self._service.playbook.current()
        if playbook is None:
            raise RuntimeFault(reader.text("playbook.unreadable"))
        return await _StartVisit(self._service, request, reader, playbook).answer()


class _StartVisit(FormVisit[StartRequest]):
    def __init__(self, service: PageService, request: Request, reader: Reader, playbook: Playbook) -> None:
        super().__init__(service, request, reader)
        self._playbook = playbook

    def read(self, given: FormState, person: str) -> StartRequest:
        return read_start(self._playbook, person, given.fields, self.reader.zone)

    async def preview(self, asked: StartRequest) -> MovePreview:
        on_call, write = self.service.playbook.on_call(), self.service.samples.write
        return preview_start(self._playbook, asked, self.reader.now, on_call, write)

    async def send(self, asked: StartRequest) -> str:
        begun = await self.reader.client.start(asked)
        return f"{case_path(begun.key)}?done={'repeat' if begun.is_repeat else 'start'}"

    async def draw(self, given: FormState, preview: MovePreview | None = None) -> Response:
        rows = await self.service.open.rows(self.reader.caller.sight)
        accounts = sorted({customer for row in rows for customer in row.customers})
        known = known_in(self._playbook, self.service.languages.tags, accounts)
        placed = place_faults(FORM.fields(known, given.fields, given.add), given.faults, self.reader)
        first, others = parted(placed.fields)
        already, outage = [
            await _running(self.reader, given.fields.get(name, "").strip()) for name in ("key", "outage")
        ]
        return self.service.page(
            "start.html",
            self.reader,
            status=given.status,
            page="start",
            fields=first,
            others=others,
            is_opened=any(field.value not in {"", field.declared.default} or field.fault for field in others),
            open_already=already,
            open_outage=outage if outage != already else "",
            faults=placed.lines,
            obstacle=given.obstacle(),
            preview=preview,
        )


async def _running(reader: Reader, key: str) -> str:
    """Return the key of the escalation that runs for *key*, and that the reader may look at; else nothing."""
    if not key:
        return ""
    try:
        found = await reader.client.view(key)
    except EscalationError:
        return ""
    return "" if found.state in {State.CLOSED, State.CANCELLED} else found.key
