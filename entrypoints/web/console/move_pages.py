"""
Pages on which people make moves: the form, the preview, and the move itself.

Must not know markup or rules.
"""

from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.console.form_faults import place_faults
from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.form_visit import FormVisit
from entrypoints.web.console.move_form import (
    begun_with,
    form_of,
    has_form,
    known_in,
    read_form,
    texts_to_judge,
)
from entrypoints.web.console.page_reads import names_in, permissions_of
from entrypoints.web.console.page_service import PageService, key_in
from entrypoints.web.console.reader import Reader
from entrypoints.web.console.verdict import verdict_of
from escalation.case.customer_texts import PendingText
from escalation.case.lifecycle import Move
from escalation.case.move_index import COMMAND_OF, PersonsCommand
from escalation.case.rca_on_file import proposed_timeline
from escalation.case.state import Escalation
from escalation.move_preview import MovePreview
from runtime.signed_links import case_path


class MovePages:
    """Forms of moves."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def move(self, request: Request) -> Response:
        reader = await self._service.reader(request)
        return await _MoveVisit(self._service, request, reader).answer()


class _MoveVisit(FormVisit[PersonsCommand]):
    def __init__(self, service: PageService, request: Request, reader: Reader) -> None:
        super().__init__(service, request, reader)
        self._key, self._move = key_in(request), _move(request)

    def read(self, given: FormState, person: str) -> PersonsCommand:
        return read_form(self._move, person, given.fields, self.reader.zone)

    async def preview(self, asked: PersonsCommand) -> MovePreview:
        write = self.service.samples.write
        return await self.reader.client.preview(self._key, asked, write, read_at=self.read_at)

    async def send(self, asked: PersonsCommand) -> str:
        await self.reader.client.ask(self._key, asked, read_at=self.read_at)
        return f"{case_path(self._key)}?done={self._move}"

    async def draw(self, given: FormState, preview: MovePreview | None = None) -> Response:
        now = await self.reader.client.state(self._key)
        reader = self.reader.knowing(names_in(now))
        texts = texts_to_judge(now, given.fields.get("number", ""))
        known = known_in(now, self.service.playbook.pause_reasons(), self.service.languages.tags, texts)
        is_sent = self.request.method == "POST"
        fields = given.fields if is_sent else {**given.fields, **await self._begun(now, texts, reader)}
        placed = place_faults(form_of(self._move).fields(known, fields, given.add), given.faults, reader)
        return self.service.page(
            "move.html",
            reader,
            status=given.status,
            page="all",
            here=case_path(self._key),
            about=now.request.subject,
            key=now.key,
            move=self._move,
            command=COMMAND_OF[self._move],
            verdict=verdict_of(self._move, now, permissions_of(now, reader.person), texts),
            is_to_choose=self._move is Move.EDIT_TEXT and len(texts) > 1 and not is_sent,
            later=fields.get("customer_text", "") if self._move is Move.DECLARE_RESOLVED else "",
            fields=placed.fields,
            faults=placed.lines,
            obstacle=given.obstacle(now),
            path=self.request.url.path,
            preview=preview,
        )

    async def _begun(
        self, now: Escalation, texts: Sequence[PendingText], reader: Reader
    ) -> Mapping[str, str]:
        is_first_rca = self._move is Move.FILE_RCA and now.rca.internal is None
        entries = await reader.client.timeline(self._key) if is_first_rca else ()
        return begun_with(self._move, now, proposed_timeline(entries, reader.say), texts, reader.zone)


def _move(request: Request) -> Move:
    given = request.path_params["move"]
    if given not in set(Move) or not has_form(Move(given)):
        raise HTTPException(404)
    return Move(given)
