"""
Events: what happens in an escalation, as it happens, as a stream of server-sent events.
"""

import json
from collections.abc import AsyncIterable, AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from entrypoints.web.api.answer import say_reasons
from entrypoints.web.api.api_visit import ONE, CurrentVisit, KeyInPath, Visit
from entrypoints.web.api.problems import LOOKING
from entrypoints.web.caller_address import address_of
from entrypoints.web.event_stream import until_stopped
from entrypoints.web.open_streams import name_of_caller
from entrypoints.web.shared_watch import Watch
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import to_plain

router = APIRouter(tags=["escalations"], responses=LOOKING)


async def _watch(request: Request, visit: CurrentVisit, key: KeyInPath) -> AsyncIterator[Watch]:
    """Look whether it is there and there is room, before the answer begins: a stream cannot become a problem."""
    caller = name_of_caller(visit.caller, address_of(request))
    visit.service.streams.require_room(caller)
    with visit.service.streams.counted(caller):  # before anything is awaited: others may ask meanwhile
        await visit.client.require_sight(key)
        async with visit.service.watches.of(key) as watch:
            await watch.begun()
            yield watch


@router.get(ONE + "/events", response_class=EventSourceResponse)
async def follow_events(
    request: Request,
    visit: CurrentVisit,
    watch: Annotated[Watch, Depends(_watch)],
    last_event_id: Annotated[
        str, Header(max_length=20, description="The `id` of the last event that was received.")
    ] = "",
) -> AsyncIterable[ServerSentEvent]:
    """
    Follow what happens: each entry of the timeline as an event of its kind, with its number as id.

    Begins with the first entry, or after `Last-Event-ID`, which browsers send when a connection was lost. Ends when the
    escalation does. The last of the entries that came together has a comment.
    """
    after = int(last_event_id) if last_event_id.isdecimal() else 0
    happening = watch.entries(visit.client, visit.caller.sight, after)
    async for entries in until_stopped(request, happening):
        for entry in entries:
            if entry.seq > after:
                yield _event_of(visit, entry, is_last=entry is entries[-1])


def _event_of(visit: Visit, entry: TimelineEntry, *, is_last: bool) -> ServerSentEvent:
    data = json.dumps(say_reasons(to_plain(entry), visit.speaker))
    comment = "the last for now" if is_last else None
    return ServerSentEvent(raw_data=data, event=entry.kind, id=str(entry.seq), comment=comment)
