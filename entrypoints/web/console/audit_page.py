"""
Page of the audit log, for those who may look at everything: who signed in, who was refused, what was given out.

The database is asked in a thread, because it waits. Must not know markup.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.console.local_days import days_between
from entrypoints.web.console.page_service import PageService
from escalation.kernel.characters import clip
from records.audit_log import LONGEST, AuditFilter, AuditKind, AuditLine, read_latest
from records.errors import RecordStoreFault
from records.store import RecordStore
from records.verification import verify_audit_log
from workers.record_setup import open_record_store

LINES = 100
"""Entries on one page."""
_PATH = "/settings/audit-log"
_GIVEN = ("by", "kind", "from", "to", "before", "verify")

_Answer = TypeVar("_Answer")


class AuditPage:
    """The audit log."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def audit_log(self, request: Request) -> Response:
        """Show the latest entries that are asked for; the chain of digests is verified if somebody asks for that."""
        reader = await self._service.reader(request)
        if not reader.caller.sight.is_unlimited:
            raise HTTPException(404)
        given = {name: clip(request.query_params.get(name, ""), LONGEST) for name in _GIVEN}
        wanted = AuditFilter(
            given["by"].strip(), given["kind"], *days_between(given["from"], given["to"], reader.zone)
        )
        lines, verified, trouble = list[AuditLine](), None, ""
        try:
            lines += await self._ask(lambda store: _read(store, wanted, given["before"]))
            verified = await self._ask(verify_audit_log) if given["verify"] else None
        except RecordStoreFault as fault:
            trouble = str(fault)
        return self._service.page(
            "audit_log.html",
            reader,
            page="settings",
            given=given,
            kinds=tuple(AuditKind),
            lines=lines[:LINES],
            earlier=_address(given, before=str(lines[LINES - 1].number)) if len(lines) > LINES else "",
            check=_address(given, verify="1"),
            verified=verified,
            trouble=trouble,
        )

    async def _ask(self, ask: Callable[[RecordStore], _Answer]) -> _Answer:
        def asked() -> _Answer:
            with open_record_store(self._service.settings) as store:
                return ask(store)

        return await asyncio.to_thread(asked)


def _read(store: RecordStore, wanted: AuditFilter, before: str) -> Sequence[AuditLine]:
    """Return one entry more than a page has, if there is one."""
    store.require_usable()
    with store.database.reading() as db:
        number = int(before) if before.isdecimal() and len(before) < 19 else 0
        return read_latest(db, wanted, number, LINES + 1)


def _address(given: dict[str, str], **changes: str) -> str:
    kept = {name: value for name, value in ({**given, "verify": ""} | changes).items() if value}
    return f"{_PATH}?{urlencode(kept)}"
