"""
The audit log, and whether the record of an escalation is as it was written (IDENTITY-5).

The database is asked in a thread of its own, because it waits.
"""

import asyncio
from itertools import islice

from fastapi import APIRouter
from starlette.responses import Response

from entrypoints.web.api.api_visit import ONE, CurrentVisit, KeyInPath, Visit
from entrypoints.web.api.list_cursors import DEFAULT_LIMIT, Cursor, Limit, Page
from entrypoints.web.api.problems import LOOKING
from escalation.kernel.refusals import UnknownEscalation, quote_input
from escalation.kernel.values import frozen
from records.audit_log import AuditLine, read_lines
from records.data_export import read_escalations
from records.report import Period
from records.verification import ChainFault, verify_record
from workers.record_setup import open_record_store

router = APIRouter(tags=["records"], responses=LOOKING)
_LOG = "audit-log"


@frozen
class RecordVerification:
    """The result of a look at the digests of what is on record."""

    is_intact: bool
    """Nothing was changed, removed or added since it was written."""
    entries: int
    waiting: int
    """Entries after a gap: what fills it is still on its way."""
    faults: tuple[ChainFault, ...] = ()


@router.get("/" + _LOG, response_model=Page[AuditLine])
async def list_audit_log(visit: CurrentVisit, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = "") -> Response:
    """List sign-ins, refusals, changes of keys and exports, the oldest first; only who looks at all may do this."""
    visit.require_unlimited_sight()
    after = int(visit.service.cursors.read(_LOG, cursor) or 0)
    lines = await asyncio.to_thread(_read_log, visit, after, limit)
    place = visit.service.cursors.write(_LOG, str(lines[-1].number)) if len(lines) == limit else None
    return visit.answer(Page(items=lines, next=place))


def _read_log(visit: Visit, after: int, limit: int) -> tuple[AuditLine, ...]:
    with open_record_store(visit.service.settings) as store:
        store.require_usable()
        with store.database.reading() as db:
            return tuple(islice(read_lines(db, after=after), limit))


@router.get(ONE + "/record/verification", response_model=RecordVerification)
async def verify_record_of_key(visit: CurrentVisit, key: KeyInPath) -> Response:
    """Verify that nothing on record of one key was changed, removed or added since it was written."""
    return visit.answer(await asyncio.to_thread(_verified, visit, key))


def _verified(visit: Visit, key: str) -> RecordVerification:
    with open_record_store(visit.service.settings) as store:
        found = verify_record(store, key)
        sight = visit.caller.sight
        is_seen = sight.is_unlimited or any(read_escalations(store, Period(sight=sight), key))
    if not is_seen or not (found.entries or found.faults):
        raise UnknownEscalation(f"nothing of {quote_input(key)} is on record")
    return RecordVerification(
        is_intact=not found.faults, entries=found.entries, waiting=found.waiting, faults=found.faults
    )
