"""
Pages of one escalation: how it stands, and what happens if nobody acts.

Must not know markup or rules.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.console.case_story import (
    MOST_LINES,
    REFUSED,
    Shown,
    is_rca_shared,
    rca_steps_of,
    story_of,
)
from entrypoints.web.console.move_form import has_form
from entrypoints.web.console.page_reads import Case, names_in, read_case
from entrypoints.web.console.page_service import PageService, key_in
from entrypoints.web.console.people_who_may import name_people
from escalation.case.lifecycle import ENDING_MOVES, Move
from escalation.kernel.refusals import UnknownName
from planning.forecast.outlook import look_ahead
from runtime.signed_links import case_path


class CasePages:
    """Pages of one escalation."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def case(self, request: Request) -> Response:
        reader = await self._service.reader(request)
        case = await read_case(reader.client, key_in(request), reader.person)
        reader, here = reader.knowing(names_in(case.now)), case_path(key_in(request))
        shown = _shown(request)
        messages = case.messages[::-1] if shown is Shown.ALL else case.messages[: -MOST_LINES - 1 : -1]
        return self._service.page(
            "case_body.html" if request.headers.get("hx-request") else "case.html",
            reader,
            page="all",
            now=case.now,
            view=case.view,
            here=here,
            address=here if shown is Shown.STORY else f"{here}?show={shown}",
            shown=shown,
            parts=tuple(Shown),
            story=story_of(case.timeline, shown, case.now.rca.customer),
            refused=[entry for entry in reversed(case.timeline) if entry.kind == REFUSED],
            messages=messages,
            more_messages=len(case.messages) - len(messages),
            seen=case.timeline[-1].seq if case.timeline else 0,
            is_rca_shared=is_rca_shared(case.timeline),
            rca_steps=rca_steps_of(case.view.rca),
            done=_done(request),
            **_moves(case, reader.person),
        )

    async def live(self, request: Request) -> Response:
        """Say each time that something happened in it, after the `seen` of its page."""
        reader, key, seen = (
            await self._service.reader(request),
            key_in(request),
            request.query_params.get("seen", ""),
        )
        await reader.client.require_sight(key)
        async with self._service.watches.of(key) as watch:
            await watch.begun()  # is it there? a stream cannot say so later
        after = int(seen) if seen.isdecimal() else 0
        return self._service.live.of_case(request, reader, key, after)

    async def message(self, request: Request) -> Response:
        """Show one message in the words of its recipient."""
        reader, key = await self._service.reader(request), key_in(request)
        state, id_ = await reader.client.state(key), request.path_params["message"]
        sent, gone = None, None
        try:
            sent = await reader.client.message(key, id_, self._service.samples.write)
        except UnknownName as unknown:
            gone = unknown.refusal.obstacle
        return self._service.page(
            "message.html",
            reader.knowing(names_in(state)),
            page="all",
            status=200 if sent else 404,
            here=case_path(key),
            key=state.key,
            subject=state.request.subject,
            sent=sent,
            gone=gone,
        )

    async def outlook(self, request: Request) -> Response:
        """Show what happens if nobody does anything: the rules run forward from now."""
        reader, key = await self._service.reader(request), key_in(request)
        state = await reader.client.state(key)
        steps = look_ahead(state, reader.now, on_call=self._service.playbook.on_call())
        here = case_path(key)
        return self._service.page(
            "outlook.html",
            reader,
            page="all",
            here=here,
            key=state.key,
            subject=state.request.subject,
            steps=steps,
        )


def _moves(case: Case, person: str | None) -> Mapping[str, Any]:
    """Return which moves are shown as buttons, and which with the reason why not."""
    wanted = [move for move in case.wanted_of(person) if has_form(move)]
    allowed = [each.move for each in case.permissions if each.is_allowed and has_form(each.move)]
    return {
        "wanted": wanted,
        "allowed": [move for move in allowed if move not in wanted and move not in ENDING_MOVES],
        "ending": [move for move in allowed if move not in wanted and move in ENDING_MOVES],
        "possible": {*wanted, *allowed},
        "forbidden": [
            (each.move, name_people(each.obstacle or "", case.now))
            for each in case.permissions
            if not each.is_allowed and has_form(each.move)
        ],
    }


def _shown(request: Request) -> Shown:
    given = request.query_params.get("show", "")
    return Shown(given) if given in set(Shown) else Shown.STORY


def _done(request: Request) -> str:
    """Return the move that was just made, as the address says: it leads here from its form."""
    given = request.query_params.get("done", "")
    return given if given in {*Move, "start", "repeat"} else ""
