"""
Page of the settings as they are: who is believed, which playbook and channels are in use, which keys machines have.

Shown to those who may look at everything. Shows no secret and changes nothing; a test message goes to the reader alone.
"""

import asyncio
import sys
from collections.abc import Sequence
from importlib.metadata import version

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from entrypoints.channel_test import send_test
from entrypoints.web.console.page_service import PageService
from entrypoints.web.console.reader import Reader
from identity.api_keys import ApiKey, ApiKeys
from records.errors import RecordStoreFault
from workers.channel_setup import open_channels
from workers.record_setup import open_record_store


class SettingsPage:
    """The settings, and a test of a channel."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def settings(self, request: Request) -> Response:
        """Show the settings; if a form was sent, send the test message first, and say what became of it."""
        reader = await self._service.reader(request)
        if not reader.caller.sight.is_unlimited:
            raise HTTPException(404)
        addresses, outcome, tested = self._addresses_of(reader), "", ""
        if request.method == "POST":
            tested = (await self._service.fields(request)).get("address", "")
            if tested not in addresses:
                raise HTTPException(400)
            sent = await send_test(tested, reader.name(reader.person or ""), self._service.settings)
            outcome = sent.kind
        settings, playbook = self._service.settings, self._service.playbook.current()
        return self._service.page(
            "settings.html",
            reader,
            page="settings",
            program=version("escalation-engine"),
            playbook=playbook,
            playbook_file=settings.playbook.name,
            channels=sorted(open_channels(settings, printed_to=sys.stderr)),
            keys=await asyncio.to_thread(self._keys),
            addresses=addresses,
            tested=tested,
            outcome=outcome,
        )

    def _addresses_of(self, reader: Reader) -> Sequence[str]:
        """Return the reader's own addresses: nobody else gets a test message from here."""
        playbook = self._service.playbook.current()
        person = playbook.people.get(reader.person or "") if playbook else None
        return tuple(str(each) for each in person.addresses) if person else ()

    def _keys(self) -> Sequence[ApiKey]:
        try:
            with open_record_store(self._service.settings) as store:
                return ApiKeys(store).list()
        except RecordStoreFault:
            return ()
