"""
A visit to a form: it is shown, changed, previewed or sent, and a refusal is shown in it.

Owns the course of a visit, which is the same for a start, a move, and a move in a task force or a sponsorship. Must not
know what is asked, nor markup.
"""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.page_service import PageService
from entrypoints.web.console.reader import Reader
from escalation.kernel.refusals import EscalationError, UnknownEscalation
from escalation.move_preview import MovePreview

Asked = TypeVar("Asked")


class FormVisit(ABC, Generic[Asked]):
    """One request for a form, of one *reader*."""

    def __init__(self, service: PageService, request: Request, reader: Reader) -> None:
        self.service = service
        self.request = request
        self.reader = reader
        self.read_at: datetime | None = None
        """The instant at which the reader had read what the form was drawn from."""

    async def answer(self) -> Response:
        """Show the form; once it is sent, do what it asks for."""
        if self.request.method != "POST":
            return await self.draw(FormState(dict(self.request.query_params)))
        given = FormState.sent(await self.service.fields(self.request))
        self.read_at, person = given.read_at, self.reader.require_person()
        if given.is_changed_only:
            return await self.draw(given)
        try:
            asked = self.read(given, person)
            if given.is_preview:
                return await self.draw(given, await self.preview(asked))
            address = await self.send(asked)
        except UnknownEscalation:
            raise
        except EscalationError as error:
            self.service.note_refusal(self.request, error)
            return await self.draw(given.refused(error))
        self.service.forget_lists()
        return RedirectResponse(address, 303)

    @abstractmethod
    async def draw(self, given: FormState, preview: MovePreview | None = None) -> Response:
        """Draw the page with the form as it was *given*."""

    @abstractmethod
    def read(self, given: FormState, person: str) -> Asked:
        """
        Return what the form asks for.

        Raises:
            BadRequest: With every fault, named by the paths of the fields.
        """

    @abstractmethod
    async def preview(self, asked: Asked) -> MovePreview:
        """Return what that would do; nothing has changed."""

    @abstractmethod
    async def send(self, asked: Asked) -> str:
        """Do it, and return the address of the page that shows it."""
