"""The report of a period: made here from the record, or asked of the service at ESCALATION_URL."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from client import EscalationClient, ServiceClient
from entrypoints.cli.client_call import call_client
from entrypoints.cli.record_store import open_store
from entrypoints.open_escalations import PATIENCE, record_open_escalations
from escalation.measures.report_schedule import OpenEscalationsRecorded
from records.period_report import make_report
from records.report import By, Period, Report
from records.store import RecordStore
from runtime.errors import RuntimeFault
from runtime.settings import Settings

_A_MOMENT = timedelta(seconds=1)
"""Not a day: those on which clocks change are longer or shorter."""


def find_report(period: Period, by: By | None, zone: ZoneInfo, *, is_as_recorded: bool) -> Report:
    """Return the report; unless *is_as_recorded*, open escalations put on record first what they have not put there."""
    if Settings.load().url is None:
        with open_store() as store:
            record = None if is_as_recorded else asyncio.run(_bring(store))
            return make_report(store, period, datetime.now(UTC), by, record)
    query = {
        "from": period.since.astimezone(zone).date() if period.since else None,
        "to": (period.until - _A_MOMENT).astimezone(zone).date() if period.until else None,
        "by": by,
        "time_zone": zone.key,
        "as_recorded": is_as_recorded,
    }

    async def ask(client: EscalationClient) -> Report:
        assert isinstance(client, ServiceClient)
        return await client.read("/report/figures", Report, query)

    return call_client(ask)


async def _bring(store: RecordStore) -> OpenEscalationsRecorded | None:
    store.require_usable()
    try:
        client = await EscalationClient.connect(patience=PATIENCE)
    except RuntimeFault:
        return None
    return await record_open_escalations(client, store)
