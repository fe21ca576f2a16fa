"""All that is held of a party: what is on record, and what Temporal alone has."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from client import EscalationClient
from entrypoints.cli.operator import keep_export, operator
from entrypoints.open_escalations import PATIENCE, record_open_escalations
from escalation.kernel.refusals import EscalationError
from escalation.kernel.values import to_plain
from privacy.held_data import HeldData, read_held_data
from privacy.held_record import contacts_in
from privacy.party import Party, PartyKind
from records.data_export import RecordedEscalation
from records.store import RecordStore
from runtime.errors import RuntimeFault

Plain = Mapping[str, Any]


def find_held_data(store: RecordStore, party: Party) -> HeldData:
    """
    Return all that is held of *party*, and put on record that it is given out.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    keep_export(store, f"what is held of the {party.kind} {party.id}")
    return asyncio.run(_find(store, party))


async def _find(store: RecordStore, party: Party) -> HeldData:
    try:
        client = await EscalationClient.connect(patience=PATIENCE)
    except RuntimeFault as fault:
        return replace(_on_record(store, party), not_read=(f"Temporal, and what only it has: {fault}",))
    silent = await _bring(client, store)
    held = await asyncio.to_thread(_on_record, store, party)
    try:
        return replace(
            held,
            sponsorships=tuple([each async for each in _sponsorships(client, party)]),
            task_forces=tuple([each async for each in _task_forces(client, party, held.escalations)]),
            deferred_messages=tuple([each async for each in _deferred(client, party, held.escalations)]),
            not_read=silent,
        )
    except RuntimeFault as fault:
        return replace(held, not_read=(*silent, f"Temporal, and what only it has: {fault}"))


def _on_record(store: RecordStore, party: Party) -> HeldData:
    return read_held_data(store, party, operator(), datetime.now(UTC))


async def _bring(client: EscalationClient, store: RecordStore) -> tuple[str, ...]:
    found = await record_open_escalations(client, store)
    if found is None:
        return ("the latest events of open escalations: nothing answers",)
    return (f"the latest events of {found.silent} open escalations, which gave no answer",) * bool(
        found.silent
    )


async def _sponsorships(client: EscalationClient, party: Party) -> AsyncIterator[Plain]:
    accounts = (
        [party.id]
        if party.kind is PartyKind.ACCOUNT
        else [line.account async for line in client.sponsorships()]
    )
    for account in accounts:
        with suppress(EscalationError):
            found = to_plain(await client.sponsorship(account))
            timeline = [_entry(each) for each in await client.sponsorship_timeline(account)]
            if party.kind is PartyKind.ACCOUNT or party.is_named_in([found, timeline]):
                yield {**found, "timeline": timeline}


async def _task_forces(
    client: EscalationClient, party: Party, escalations: tuple[RecordedEscalation, ...]
) -> AsyncIterator[Plain]:
    # Of an escalation of several customers no event of an account's share names a task force: its texts are about all.
    names = {
        (each["key"], event["event"]["force"]["name"])
        for each in escalations
        for event in each["events"]
        if event["kind"] == "task_force_deployed" and "force" in event["event"]
    }
    for key, name in sorted(names):
        with suppress(EscalationError):
            found = to_plain(await client.task_force(key, name))
            timeline = [_entry(each) for each in await client.task_force_timeline(key, name)]
            if not party.is_person or party.is_named_in([found, timeline]):
                yield {**found, "timeline": timeline}


async def _deferred(
    client: EscalationClient, party: Party, escalations: tuple[RecordedEscalation, ...]
) -> AsyncIterator[Plain]:
    for who in sorted(_readers(party, escalations)):
        with suppress(EscalationError):
            for each in await client.inbox(who):
                yield {"for": who, **to_plain(each)}


def _readers(party: Party, escalations: tuple[RecordedEscalation, ...]) -> set[str]:
    """Return whose inboxes can hold messages to *party*."""
    match party.kind:
        case PartyKind.ACCOUNT:
            return {who for each in escalations for who in contacts_in(each, party.id)}
        case PartyKind.CONTACT:
            accounts = {row["account"] for each in escalations for row in each["customers"]}
            return {f"{account}:{party.id}" for account in accounts}
        case _:
            return {party.id}


def _entry(entry: Any) -> Plain:
    plain: Plain = to_plain(entry)
    return plain
