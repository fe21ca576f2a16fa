"""All that is held of a party: what is on record, and what Temporal alone has."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from client import EscalationClient, Unanswered
from entrypoints.cli.operator import keep_export, operator
from entrypoints.cli.unread_parts import Plain, UnreadParts
from entrypoints.open_escalations import PATIENCE, record_open_escalations
from escalation.kernel.values import to_plain
from privacy.held_data import HeldData, read_held_data
from privacy.held_record import contacts_in, ids_of
from privacy.party import Party, PartyKind
from privacy.person_share import share_of_object
from records.data_export import RecordedEscalation
from records.store import RecordStore
from runtime.errors import RuntimeFault


def find_held_data(store: RecordStore, party: Party) -> HeldData:
    """
    Return all that is held of *party*, and put on record that it is given out.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    keep_export(store, f"what is held of the {party.digest}")
    return asyncio.run(_find(store, party))


async def _find(store: RecordStore, party: Party) -> HeldData:
    try:
        client = await EscalationClient.connect(patience=PATIENCE)
    except RuntimeFault as fault:
        return replace(_on_record(store, party), not_read=(f"Temporal, and what only it has: {fault}",))
    unread = UnreadParts(list(await _bring(client, store)))
    held = await asyncio.to_thread(_on_record, store, party)
    return replace(
        held,
        sponsorships=await unread.all_of("sponsorships", _sponsorships(client, party, unread)),
        task_forces=await unread.all_of("task forces", _task_forces(client, party, held.escalations, unread)),
        deferred_messages=await unread.all_of(
            "messages that wait", _deferred(client, party, held.escalations, unread)
        ),
        not_read=tuple(unread.lines),
    )


def _on_record(store: RecordStore, party: Party) -> HeldData:
    return read_held_data(store, party, operator(), datetime.now(UTC))


async def _bring(client: EscalationClient, store: RecordStore) -> tuple[str, ...]:
    found = await record_open_escalations(client, store)
    if found is None:
        return ("the latest events of open escalations: nothing answers",)
    return (f"the latest events of {found.silent} open escalations, which gave no answer",) * bool(
        found.silent
    )


async def _sponsorships(client: EscalationClient, party: Party, unread: UnreadParts) -> AsyncIterator[Plain]:
    for account in await _accounts(client, party, unread):
        with unread.noting(f"the sponsorship of {account}"):
            found = to_plain(await client.sponsorship(account))
            timeline = [to_plain(each) for each in await client.sponsorship_timeline(account)]
            if shown := _share(found, timeline, party):
                yield shown


async def _accounts(client: EscalationClient, party: Party, unread: UnreadParts) -> list[str]:
    if party.kind is PartyKind.ACCOUNT:
        return [party.id]
    unanswered = list[Unanswered]()
    accounts = [line.account async for line in client.sponsorships(unanswered)]
    unread.lines += [f"{each.key}: {each.why}" for each in unanswered]
    return accounts


async def _task_forces(
    client: EscalationClient,
    party: Party,
    escalations: tuple[RecordedEscalation, ...],
    unread: UnreadParts,
) -> AsyncIterator[Plain]:
    # Of an escalation of several customers no event of an account's share names a task force: its texts are about all.
    names = {
        (each["key"], event["event"]["force"]["name"])
        for each in escalations
        for event in each["events"]
        if event["kind"] == "task_force_deployed" and "force" in event["event"]
    }
    for key, name in sorted(names):
        with unread.noting(f"the task force {name} of {key}"):
            found = to_plain(await client.task_force(key, name))
            timeline = [to_plain(each) for each in await client.task_force_timeline(key, name)]
            if shown := _share(found, timeline, party):
                yield shown


def _share(found: dict[str, Any], timeline: list[dict[str, Any]], party: Party) -> Plain | None:
    if not party.is_person:
        return {**found, "timeline": timeline}
    own = share_of_object(found, party)
    entries = [entry for each in timeline if (entry := share_of_object(each, party))]
    return {**own, "timeline": entries} if own or entries else None


async def _deferred(
    client: EscalationClient,
    party: Party,
    escalations: tuple[RecordedEscalation, ...],
    unread: UnreadParts,
) -> AsyncIterator[Plain]:
    for who in sorted(_readers(party, escalations)):
        with unread.noting(f"messages that wait for {who}"):
            for each in await client.inbox(who):
                yield {"for": who, **to_plain(each)}


def _readers(party: Party, escalations: tuple[RecordedEscalation, ...]) -> set[str]:
    """Return whose inboxes can hold messages to *party*."""
    match party.kind:
        case PartyKind.ACCOUNT:
            return {who for each in escalations for who in contacts_in(each, party.id)}
        case PartyKind.CONTACT:
            return {who for each in escalations for who in ids_of(party.id, each)}
        case _:
            return {party.id}
