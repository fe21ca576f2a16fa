"""The record store and periods of it, as options name them."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from client import EscalationClient, ServiceClient
from entrypoints.cli.client_call import call_client
from entrypoints.cli.option_values import OptionValues, bad_option, read_bytes
from entrypoints.terminal import write_json
from escalation.kernel.reasons import InvalidValue
from escalation.kernel.refusals import UnknownEscalation, quote_input
from escalation.kernel.values import require_plausible_year
from planning.calendars.report_periods import midnight_of
from planning.forecast.export_map import ExportMap, read_map
from planning.forecast.helpdesk_log import fits_map, table_of
from records.data_export import RecordedEscalation, read_escalations
from records.digest_chain import ChainHead
from records.report import Period
from records.store import RecordStore
from records.verification import read_seal
from runtime.settings import ROOT, Settings
from workers.record_setup import open_record_store

_TENANT = re.compile(r"[A-Za-z0-9][\w.-]*")


@contextmanager
def open_store() -> "Iterator[RecordStore]":
    """Open the record store of the settings while the block runs."""
    with open_record_store(Settings.load()) as store:
        yield store


def find_records(key: str) -> Sequence[RecordedEscalation]:
    """
    Return what is on record of *key*, here or at the service at ESCALATION_URL.

    Raises:
        UnknownEscalation: If that is nothing.
    """
    if Settings.load().url is not None:
        return call_client(lambda client: _records_of_service(client, key))
    with open_store() as store:
        found = list(read_escalations(store, key=key))
        where = store.database.where
    if not found:
        raise UnknownEscalation(f"nothing of {quote_input(key)} is on record in {where}")
    return found


async def _records_of_service(client: EscalationClient, key: str) -> Sequence[RecordedEscalation]:
    assert isinstance(client, ServiceClient)
    return await client.recorded(key)


def read_seal_file(path: str) -> dict[str, ChainHead]:
    """
    Return the seal that `--against` names.

    Raises:
        BadRequest: If it cannot be read, or is none.
    """
    try:
        return read_seal(read_bytes(path, "--against").decode())
    except ValueError:
        raise bad_option(
            "--against", quote_input(path), "a seal that `escalate records verify --seal` wrote"
        ) from None


def parse_period(options: OptionValues, first: str | None, last: str | None, zone: ZoneInfo) -> "Period":
    since, until = options.read(None, _day, first, "--from"), options.read(None, _day, last, "--to")
    if since and until and until < since:
        options.refuse("--to", quote_input(last), f"a day not before {since}, with which it begins")
    return Period(_midnight(since, zone), _midnight(until, zone, timedelta(days=1)))


def check_tenant(name: str) -> None:
    if not _TENANT.fullmatch(name):
        raise bad_option("--tenant", quote_input(name), "letters, digits and . _ -, such as ACME")


def _day(text: str | None, option: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise bad_option(option, quote_input(text), "a day such as 2026-07-01") from None
    try:
        return require_plausible_year(day) if day else None
    except InvalidValue as error:
        raise bad_option(option, quote_input(text), error.allowed) from None


def _midnight(day: date | None, zone: ZoneInfo, later: timedelta = timedelta()) -> datetime | None:
    return midnight_of(day + later, zone) if day else None


def find_export_map(data: bytes, file: str, by: str | None) -> "ExportMap":
    if by is not None:
        return read_map(read_bytes(by, "--map"), by)
    known = [
        read_map(path.read_bytes(), path.name) for path in sorted((ROOT / "playbooks/maps").glob("*.yaml"))
    ]
    for each in known:
        if fits_map(data, each):
            return each
    names = ", ".join(each.name for each in known)
    columns = table_of(data, file, known[0]).columns
    raise bad_option(
        f"FILE {file}",
        f"a table of unknown columns: {quote_input(', '.join(columns))}",
        f"an export that is known ({names}), or --map MAP.yaml",
    )


def write_list(items: Iterator[object]) -> None:
    separator = "[\n"
    for item in items:
        write_json(separator + json.dumps(item, ensure_ascii=False), end="")
        separator = ",\n"
    write_json("[]" if separator == "[\n" else "\n]")
