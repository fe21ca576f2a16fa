"""
Pages of one escalation: how it stands, and what happens if nobody acts.

Must not know markup or rules.
"""

from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.console.move_form import has_form
from entrypoints.web.console.page_reads import names_of, read_case
from entrypoints.web.console.page_service import PageService, case_path, key_in
from escalation.case.lifecycle import ENDING_MOVES, Move
from planning.forecast.outlook import look_ahead


class CasePages:
    """Pages of one escalation."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def case(self, request: Request) -> Response:
        reader = await self._service.reader(request)
        case = await read_case(reader.client, key_in(request), reader.person)
        reader = reader.knowing(names_of(case.people))
        return self._service.page(
            "case_body.html" if request.headers.get("hx-request") else "case.html",
            reader,
            page="all",
            case=case,
            here=case_path(key_in(request)),
            view=case.view,
            done=_done(request),
            ending=ENDING_MOVES,
            wanted=[move for move in case.wanted_of(reader.person) if has_form(move)],
            allowed=[each.move for each in case.permissions if each.is_allowed and has_form(each.move)],
            forbidden=[each for each in case.permissions if not each.is_allowed and has_form(each.move)],
        )

    async def outlook(self, request: Request) -> Response:
        """Show what happens if nobody does anything: the rules run forward from now."""
        reader, key = await self._service.reader(request), key_in(request)
        state = await reader.client.state(key)
        steps = look_ahead(state, reader.now, on_call=self._service.playbook.on_call())
        here = case_path(key)
        return self._service.page(
            "outlook.html", reader, page="all", here=here, key=key, subject=state.request.subject, steps=steps
        )


def _done(request: Request) -> str:
    """Return the move that was just made, as the address says: it leads here from its form."""
    given = request.query_params.get("done", "")
    return given if given in {*Move, "start", "repeat"} else ""
