"""
Escalations whose payloads are encrypted: the server keeps nothing readable of what people wrote, and all works.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from google.protobuf.message import Message
from pydantic import SecretStr
from temporalio.client import Client, WorkflowFailureError, WorkflowHistory, WorkflowQueryFailedError

from client import EscalationClient, EscalationFilter
from clients.key_uses import payloads_in
from encryption.column_cipher import ColumnCipher
from encryption.data_key import is_data_key
from encryption.data_key_store import DataKeys
from encryption.encryption import Encryption
from encryption.errors import KeyErased, KeyMissing
from encryption.key_ring import KeyRing
from encryption.payload_codec import key_of
from encryption.ring_key import RingKey
from encryption.rotation import with_new_key
from escalation.kernel.refusals import MoveNotAllowed, UnknownEscalation
from escalation.policy.classification import CancelCause
from escalation.policy.sight import Sight
from privacy.case_choice import cases_of
from privacy.eraser import Eraser, StillOpen
from privacy.party import Party
from privacy.stored_runs import StoredRuns
from records.data_export import read_escalations
from records.erasure import Erasure
from records.store import RecordStore
from records.verification import verify_record
from tests.encryption.keys import TODAY, a_ring, as_setting, texts_in
from tests.escalations import Desk, desk_on_skipping_server
from tests.replay.stored import Stored, stored_names
from tests.workflows import stages
from workers.replays import Replays
from workflows import search_attributes as sa
from workflows.plugin import escalation_plugin

KEYS = a_ring()
_TICKETS = count(1)
JO = {"name": "Jo", "email": "jo@acme.example"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def data_keys_url(tmp_path_factory: pytest.TempPathFactory) -> SecretStr:
    return SecretStr(f"sqlite:///{tmp_path_factory.mktemp('keys')}/data_keys.sqlite")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(data_keys_url: SecretStr, folder: Path) -> AsyncIterator[Desk]:
    async with desk_on_skipping_server(
        encryption_keys=as_setting(KEYS),
        data_keys_url=data_keys_url,
        records_encrypted=True,
        state_folder=folder,
    ) as at_work:
        yield at_work


@pytest_asyncio.fixture(loop_scope="session")
async def desk(office: Desk) -> AsyncIterator[Desk]:
    at_work = Desk(office.env, office.mailbox, f"SECRET/{next(_TICKETS)}-")
    yield at_work
    await at_work.nothing_went_wrong()


def encryption_by(
    keys: Iterable[RingKey], data_keys_url: SecretStr | None = None, life: float = 10.0
) -> Encryption:
    ring = KeyRing([key.written for key in keys])
    return Encryption(ring, DataKeys(data_keys_url, ring, life=life) if data_keys_url else None)


async def histories(desk: Desk) -> AsyncIterator[WorkflowHistory]:
    """All runs that belong to the desk's escalation."""
    async for run in desk.temporal.list_workflows(f"WorkflowId STARTS_WITH '{desk.key}'"):
        yield await desk.temporal.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()


def stored_bytes(message: Message) -> bytes:
    return message.SerializeToString()


async def test_nothing_that_people_wrote_is_in_a_history(desk: Desk) -> None:
    """
    Of a whole life with a refused move and a signal that was refused, in all its runs: texts, names, addresses.
    """
    await desk.start()
    with pytest.raises(MoveNotAllowed):
        await desk.client.close(desk.key, by="elena")
    await desk.run().signal("acknowledge", {"by": "somebody"})
    await stages.whole_life(desk.client, desk.key)
    texts = texts_in(await desk.client.state(desk.key))

    kept = b"".join([stored_bytes(event) async for each in histories(desk) for event in each.events])
    assert {"jo@acme.example", "Second delivery in a row is damaged", "Sent dry pallets"} <= texts
    assert [] == [text for text in texts if text.encode() in kept]
    assert b"priya" not in kept
    assert [] != desk.messages()


async def test_all_of_a_case_is_encrypted_by_its_own_key(desk: Desk, data_keys_url: SecretStr) -> None:
    """
    Starts, moves with their proofs, answers, messages, task forces and follow-ups. Nothing of it is left to the ring.
    Readable is only what the SDK notes of a local activity: which one it was, and when.
    """
    await desk.start()
    await stages.whole_life(desk.client, desk.key)
    own = encryption_by(KEYS, data_keys_url).data_keys
    assert own

    events = [event async for each in histories(desk) for event in each.events]
    used = {key for event in events for payload in payloads_in(event) if (key := key_of(payload))}
    assert {own.current(desk.key).name} == used
    assert [] == [
        payload
        for event in events
        for payload in payloads_in(event)
        if key_of(payload) == ""
        and payload not in event.marker_recorded_event_attributes.details["data"].payloads
    ]


async def test_a_failure_is_encrypted_and_reaches_who_asked(desk: Desk) -> None:
    """
    The SDK keeps message and stack trace beside the payloads, unless it is told otherwise.
    """
    handle = await desk.start_by_hand({"request": {"subject": "Wet pallets of Jo Buyer"}})
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert "customers" in str(failed.value.cause)

    kept = b"".join([stored_bytes(event) for event in (await handle.fetch_history()).events])
    assert b"Jo Buyer" not in kept
    assert b"Encoded failure" in kept


async def test_a_failed_query_says_why(desk: Desk) -> None:
    await desk.start()
    with pytest.raises(WorkflowQueryFailedError, match="'nothing' expected but not found"):
        await desk.run().query("nothing")


async def test_lists_find_by_person_and_account(desk: Desk) -> None:
    """
    The server's lists have neither; the client finds and shows both.
    """
    await desk.start(
        customers=[{"account": "Oak & Sons", "contacts": [{"name": "Jo", "email": "jo@oak.example"}]}]
    )
    await desk.client.acknowledge(desk.key, by="priya")
    await desk.at_rest()

    stored = await desk.attributes()
    hidden = [*stored[sa.CUSTOMER], stored[sa.OWNER], *stored[sa.PARTICIPANTS], *stored[sa.WAITS_FOR]]
    assert all(each.startswith("enc:") for each in hidden)
    for wanted in (
        EscalationFilter(customer="Oak & Sons"),
        EscalationFilter(owner="priya"),
        EscalationFilter(waits_for="priya"),
    ):
        page = await desk.client.list_page(wanted, size=50)
        found = [row for row in page.items if row.key == desk.key]
        assert [("priya", ("Oak & Sons",))] == [(row.owner, row.customers) for row in found], wanted
        assert {"maya", "priya"} <= set(found[0].people)
    page = await desk.client.list_page(EscalationFilter(customer="Nobody"), size=5)
    assert () == page.items


async def test_who_may_look_is_found_by_hidden_names(desk: Desk) -> None:
    """
    IDENTITY-4: by a part in it, and by the account.
    """
    await desk.start()
    await desk.client.acknowledge(desk.key, by="priya")
    await desk.at_rest()

    async def sees(**sight: object) -> bool:
        client = desk.client.seen_by(Sight(sees_all=False, **sight))  # type: ignore[arg-type]
        listed = [row.key async for row in client.list() if row.key == desk.key]
        assert (await client._temporal.may_look_at(desk.key)) is bool(listed)
        return bool(listed)

    assert await sees(people=frozenset({"priya"}))
    assert await sees(accounts=frozenset({"ACME"}))
    assert not await sees(people=frozenset({"kemal"}), accounts=frozenset({"OTHER"}))


async def test_many_participants_fit_into_one_attribute(desk: Desk) -> None:
    """
    A hidden name is longer than the name: what does not fit is left out, or the server would refuse the task for ever.
    """
    customers = [
        {
            "account": f"A customer with a long name, number {number}",
            "contacts": [{"name": "Jo", "email": "jo@acme.example"}],
        }
        for number in range(30)
    ]
    await desk.start(customers=customers)
    await desk.at_rest()

    stored = (await desk.attributes())[sa.CUSTOMER]
    assert 10 < len(stored) < 30


async def test_an_encrypted_history_can_be_replayed_with_its_keys_alone(
    desk: Desk, data_keys_url: SecretStr
) -> None:
    await desk.start()
    await desk.client.acknowledge(desk.key, by="priya")
    await desk.at_rest()
    history = await desk.run().fetch_history()

    assert await Replays(encryption_by(KEYS, data_keys_url)).follows_all(history)
    assert await Replays(encryption_by(with_new_key(KEYS, TODAY), data_keys_url)).follows_all(history)
    assert not await Replays(encryption_by(KEYS)).follows_all(history)
    assert not await Replays(encryption_by(a_ring(), data_keys_url)).follows_all(history)
    assert not await Replays(Encryption(None)).follows_all(history)


@pytest.mark.parametrize("name", [name for name in stored_names() if name.startswith("whole_life")])
async def test_a_history_from_before_runs_on_with_encryption(name: str) -> None:
    assert await Replays(encryption_by(KEYS)).follows_all(Stored.load(name).history)


@pytest.mark.parametrize("encryption", [Encryption(None), encryption_by(a_ring())], ids=["none", "others"])
async def test_who_has_no_key_is_told_which_one_is_missing(desk: Desk, encryption: Encryption) -> None:
    """
    Nor does anything that they ask reach the run. Lists have it, and say why it cannot be read.
    """
    await desk.start()
    await desk.at_rest()
    stranger = EscalationClient(
        Client(
            desk.temporal.service_client,
            namespace=desk.temporal.namespace,
            plugins=[escalation_plugin(encryption=encryption)],
        )
    )

    with pytest.raises(KeyMissing, match="data/"):
        await stranger.view(desk.key)
    async with asyncio.timeout(20):
        while not (found := [row async for row in stranger.list() if row.key == desk.key]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert [""] == [row.subject for row in found]
    assert all("data/" in row.unreadable for row in found)


async def test_the_keys_that_runs_need_are_counted(desk: Desk) -> None:
    await desk.start()
    await desk.at_rest()

    uses = {use.key: use for use in await desk.client.key_uses()}
    assert KEYS[1].name in uses
    assert any(use.open_runs >= 1 for key, use in uses.items() if is_data_key(key))
    assert all(use.is_readable for use in uses.values() if use.key)


async def test_an_erased_account_is_unreadable_in_copies_too(
    desk: Desk, data_keys_url: SecretStr, folder: Path
) -> None:
    """
    RECORD-2: refused while it is open; then no copy of a history can be read by whoever has all keys that are left, the
    figures stay, and the case of another account is as it was.
    """
    other = Desk(desk.env, desk.mailbox, desk.key.replace("SECRET", "KEPT"))
    await other.start(
        customers=[{"account": "BOLT", "contacts": [{"name": "Bo", "email": "bo@bolt.example"}]}]
    )
    await desk.start(
        customers=[{"account": "GONE", "contacts": [{"name": "Jo", "email": "jo@gone.example"}]}]
    )
    encryption = encryption_by(KEYS, data_keys_url, life=0.0)
    cipher = ColumnCipher(encryption.ring, encrypts=True, data_keys=encryption.data_keys)
    with closing(RecordStore.at(None, folder, cipher)) as store:
        runs = StoredRuns(desk.temporal)
        eraser = Eraser(store, cipher, runs, encryption.data_keys)
        erasure = Erasure(by="root", door="command_line", why="the account GONE", at=datetime.now(UTC))
        await until(lambda: bool(list(read_escalations(store, key=desk.key))))
        cases = cases_of(store, Party.account("GONE"))
        assert [desk.key, "sponsorship:GONE"] == [case.scope for case in cases]
        with pytest.raises(StillOpen, match=f"{desk.key} is open"):
            [scope async for scope in eraser.erase(cases, erasure)]
        await desk.client.cancel(desk.key, by="elena", cause=CancelCause.WITHDRAWN, why="They left")
        await until(lambda: is_ended(store, desk.key))
        await desk.run().result()
        await until_listed_as_closed(runs, desk.key)
        copies = [
            payload
            async for each in histories(desk)
            for event in each.events
            for payload in payloads_in(event)
        ]
        figures = figures_of(store, desk.key)
        untouched = list(read_escalations(store, key=other.key))
        assert "jo@gone.example" in str(list(read_escalations(store, key=desk.key)))

        assert [desk.key, "sponsorship:GONE"] == [scope async for scope in eraser.erase(cases, erasure)]

        assert "jo@gone.example" not in str(list(read_escalations(store, key=desk.key)))
        assert figures == figures_of(store, desk.key)
        assert untouched == list(read_escalations(store, key=other.key))
        assert () == verify_record(store).faults
    newest = encryption_by([*KEYS, *a_ring()], data_keys_url)
    for payload in copies:
        if key_of(payload):
            with pytest.raises(KeyErased):
                await newest.codec.decode([payload])
    assert "BOLT" in (await other.client.view(other.key)).customers
    with pytest.raises(UnknownEscalation, match=f"{desk.key}: erased on .* by root"):
        await desk.client.view(desk.key)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - a worker does it
            await asyncio.sleep(0.1)


async def until_listed_as_closed(runs: StoredRuns, key: str) -> None:
    """The server's lists are a moment behind."""
    async with asyncio.timeout(30):
        while await runs.open_of(key):  # noqa: ASYNC110 - the server does it
            await asyncio.sleep(0.1)


def is_ended(store: RecordStore, key: str) -> bool:
    return all(each["ended_at"] for each in read_escalations(store, key=key))


def figures_of(store: RecordStore, key: str) -> object:
    texts = {"subject", "events", "delivery_results", "answers", "causes", "actions", "playbooks"}
    (found,) = read_escalations(store, key=key)
    return {name: value for name, value in found.items() if name not in texts}
