"""
Proof of who acts, where people sign in: whatever reaches Temporal itself can look, and not act (IDENTITY-3).
"""

import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    SignalWorkflowInput,
    StartWorkflowUpdateInput,
    WorkflowFailureError,
    WorkflowUpdateFailedError,
    WorkflowUpdateHandle,
)

from client import EscalationClient
from escalation import contract
from escalation.kernel.proof import Door, Message, Proof, digest_of, mover_of
from escalation.kernel.refusals import NotProven
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import to_bytes, to_plain
from identity.actor import DoorName, acting
from identity.proof_ring import ProofKey, ProofRing
from runtime.setting_types import Access
from tests.complaint import a_complaint
from tests.escalations import Desk, desk_on_skipping_server
from tests.replay.replaying import replayed
from tests.said import said
from workers.queue_workers import WORKFLOWS
from workflows.plugin import escalation_plugin


def encoded(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


def a_key(name: str, of: int) -> str:
    return f"{name}:private:{encoded(bytes([of]) * 32)}"


KEY = a_key("one", 1)
PUBLIC = f"two:public:{encoded(ProofKey.parse(a_key('two', 2)).public)}"


@dataclass
class _Carried:
    """The proof that goes along with each message of a client."""

    proof: Proof | None = None


@dataclass
class Guarded:
    """A desk whose workers want proof, and a client that carries whatever proof it is given."""

    desk: Desk
    temporal: Client
    carried: _Carried

    @property
    def key(self) -> str:
        return self.desk.key

    async def acknowledge(self, proof: Proof | None, *, by: str = "priya", id: str = "first") -> None:  # noqa: A002
        self.carried.proof = proof
        run = self.temporal.get_workflow_handle(self.key)
        await run.execute_update("acknowledge", {"by": by}, id=id)

    async def signal(self, proof: Proof | None) -> None:
        self.carried.proof = proof
        await self.temporal.get_workflow_handle(self.key).signal("acknowledge", {"by": "priya"})

    def message(self, **changes: Any) -> Message:
        argument = to_bytes(changes.pop("argument", {"by": "priya"}))
        return replace(
            Message(
                run=self.key,
                name="acknowledge",
                id="first",
                digest=digest_of([argument]),
                mover=mover_of([argument]),
            ),
            **changes,
        )

    def proof(self, written: str = KEY, ago: timedelta = timedelta(), **changes: Any) -> Proof:
        ring = ProofRing([ProofKey.parse(written)], now=lambda: datetime.now(UTC) - ago)
        message = self.message(**changes)
        with acting(message.mover, DoorName.API):
            proof = ring.sign(message)
        assert proof
        return proof

    async def entries(self) -> tuple[TimelineEntry, ...]:
        return await self.desk.client.timeline(self.key)

    async def refusals(self) -> list[str]:
        await self.desk.at_rest()
        return [said(entry.what) for entry in await self.desk.timeline("move_refused")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def signed_in() -> AsyncIterator[Desk]:
    keys = SecretStr(f"{KEY} {PUBLIC}")
    async with desk_on_skipping_server(access=Access.SIGNED_IN, proof_keys=keys) as at_work:
        yield at_work


@pytest_asyncio.fixture(loop_scope="session")
async def guarded(signed_in: Desk, request: pytest.FixtureRequest) -> Guarded:
    desk = Desk(signed_in.env, signed_in.mailbox, f"ACME/{abs(hash(request.node.name)) % 10**9}")
    carried = _Carried()
    target = desk.temporal.service_client.config.target_host
    temporal = await Client.connect(target, plugins=[escalation_plugin()], interceptors=[_Carrying(carried)])
    with acting("maya", DoorName.CONSOLE):
        await desk.start()
    return Guarded(desk, temporal, carried)


async def test_a_move_of_somebody_who_signed_in_is_followed_and_on_record_with_its_door(
    guarded: Guarded,
) -> None:
    """
    IDENTITY-3: and so is the start.
    """
    with acting("priya", DoorName.API):
        await guarded.desk.client.acknowledge(guarded.key, by="priya")

    (started,) = await guarded.desk.timeline("opened")
    (moved,) = await guarded.desk.timeline("acknowledged")
    assert Door(name="console", key="one") == started.door
    assert Door(name="api", key="one") == moved.door
    rest = [entry.door for entry in await guarded.entries() if entry.by == "engine"]
    assert {None} == set(rest)


async def test_a_move_without_proof_is_refused_and_leaves_no_trace(guarded: Guarded) -> None:
    """
    IDENTITY-3: as Temporal's Web UI and command line would send it.
    """
    await guarded.desk.at_rest()
    before = (await guarded.desk.run().describe()).history_length

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await guarded.acknowledge(None)

    assert isinstance(refused.value.cause, NotProven)
    with pytest.raises(NotProven, match="the web console, the HTTP API"):
        await guarded.desk.client.acknowledge(guarded.key, by="priya")
    assert [] == await guarded.desk.timeline("acknowledged")
    assert before == (await guarded.desk.run().describe()).history_length


NOT_GOOD: dict[str, tuple[Callable[[Guarded], Proof], str]] = {
    "for another escalation": (lambda it: it.proof(run="ACME/other"), "another message"),
    "for another move": (lambda it: it.proof(name="begin_resolution"), "another message"),
    "for another argument": (lambda it: it.proof(argument={"by": "priya", "note": "x"}), "another message"),
    "for another message": (lambda it: it.proof(id="second"), "another message"),
    "of another person": (lambda it: it.proof(mover="elena"), "cannot act as priya"),
    "ten minutes old": (lambda it: it.proof(ago=timedelta(minutes=10)), "too long ago"),
    "from the future": (lambda it: it.proof(ago=timedelta(minutes=-10)), "too long ago or still to come"),
    "by a key that was removed": (lambda it: it.proof(a_key("old", 3)), "the key old"),
    "by a key of the same name": (lambda it: it.proof(a_key("one", 3)), "cannot be read"),
    "with another door": (
        lambda it: replace(it.proof(), door=Door(name="console", key="one")),
        "another message",
    ),
    "with another key": (lambda it: replace(it.proof(), door=Door(name="api", key="two")), "another message"),
    "no proof at all": (lambda it: replace(it.proof(), token="x.y.z"), "cannot be read"),
    "cut off": (lambda it: replace(it.proof(), token=it.proof().token[:-4]), "cannot be read"),
}


@pytest.mark.parametrize("what", NOT_GOOD)
async def test_a_proof_that_is_not_good_is_refused(guarded: Guarded, what: str) -> None:
    """
    IDENTITY-3: it holds for one message and a short time.
    """
    make, says = NOT_GOOD[what]

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await guarded.acknowledge(make(guarded))

    assert isinstance(refused.value.cause, NotProven)
    assert says in str(refused.value.cause)
    assert [] == await guarded.desk.timeline("acknowledged")


async def test_each_key_that_is_known_is_believed(guarded: Guarded) -> None:
    """
    IDENTITY-3: so that one can be replaced while everything runs.
    """
    await guarded.acknowledge(guarded.proof(a_key("two", 2)))

    (moved,) = await guarded.desk.timeline("acknowledged")
    assert Door(name="api", key="two") == moved.door


async def test_somebody_else_is_not_signed_for(guarded: Guarded) -> None:
    """
    IDENTITY-2: the client refuses it before anything is sent.
    """
    with (
        acting("maya", DoorName.API),
        pytest.raises(NotProven, match="maya signed in, and cannot act as priya"),
    ):
        await guarded.desk.client.acknowledge(guarded.key, by="priya")


async def test_a_signal_without_proof_is_on_record_as_refused(guarded: Guarded) -> None:
    """
    IDENTITY-3: nobody waits for its answer, so it is not lost.
    """
    await guarded.signal(None)
    await guarded.signal(replace(guarded.proof(), token=""))

    first, second = await guarded.refusals()
    assert "acknowledge was refused: nobody vouches" in first
    assert "cannot be read" in second
    assert [] == await guarded.desk.timeline("acknowledged")


async def test_a_proof_holds_for_one_signal(guarded: Guarded) -> None:
    """
    IDENTITY-3: its proof is in the history, for all who may look.
    """
    proof = guarded.proof()
    await guarded.signal(proof)
    await guarded.signal(proof)

    (refused,) = await guarded.refusals()
    assert "used before" in refused
    (moved,) = await guarded.desk.timeline("acknowledged")
    assert Door(name="api", key="one") == moved.door


async def test_a_start_without_proof_is_refused(guarded: Guarded) -> None:
    """
    IDENTITY-3: by a client, and by hand in the Web UI.
    """
    other, by_hand = f"{guarded.key}b", f"{guarded.key}c"

    with pytest.raises(NotProven, match="nobody vouches"):
        await EscalationClient(guarded.temporal).start(a_complaint(key=other))
    started = await guarded.temporal.start_workflow(
        contract.WORKFLOW,
        {"request": to_plain(a_complaint(key=by_hand), but_defaults=True)},
        id=by_hand,
        task_queue=contract.ESCALATION_QUEUE,
    )
    with pytest.raises(WorkflowFailureError) as refused:
        await started.result()

    assert isinstance(refused.value.cause, NotProven)


async def test_what_people_asked_for_goes_on_between_our_own_runs(guarded: Guarded) -> None:
    """
    IDENTITY-3: a worker vouches for what it passes on: here a subject that joins an outage.
    """
    outage, ticket = f"{guarded.key}d", f"{guarded.key}e"
    with acting("maya", DoorName.INTAKE):
        joined = await guarded.desk.client.start(a_complaint(key=ticket, outage=outage))

    assert outage == joined.key
    (opened,) = await guarded.desk.timeline("opened", key=outage)
    assert ("maya", Door(name="engine", key="one")) == (opened.by, opened.door)


async def test_a_replay_asks_for_no_key(guarded: Guarded) -> None:
    """
    IDENTITY-3: the verdicts are in the history, so keys can rotate.
    """
    await guarded.signal(None)
    await guarded.signal(guarded.proof(id="signal"))
    with acting("priya", DoorName.CONSOLE):
        await guarded.desk.client.begin_resolution(guarded.key, by="priya")
    await guarded.desk.at_rest()

    seen = await replayed(await guarded.desk.run().fetch_history())

    assert seen
    lived = await guarded.entries()
    assert [(entry.kind, entry.door) for entry in lived] == [
        (entry["kind"], Door(**entry["door"]) if entry["door"] else None) for entry in seen["timeline"]
    ]


def test_each_update_can_be_refused_before_it_is_accepted() -> None:
    """
    IDENTITY-3: a proof is judged in the validator, so an update without one would need none.
    """
    unjudged = [
        f"{kind.__name__}.{name}"
        for kind in WORKFLOWS
        for name, update in workflow._Definition.must_from_class(kind).updates.items()
        if name and update.validator is None
    ]
    assert [] == unjudged


class _Carrying(Interceptor):
    def __init__(self, carried: _Carried) -> None:
        self._carried = carried

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the SDK's name
        return _WithProof(next, self._carried)


class _WithProof(OutboundInterceptor):
    def __init__(self, sends: OutboundInterceptor, carried: _Carried) -> None:
        super().__init__(sends)
        self._carried = carried

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:  # noqa: A002
        input.headers = self._headers
        return await super().start_workflow_update(input)

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:  # noqa: A002
        input.headers = self._headers
        await super().signal_workflow(input)

    @property
    def _headers(self) -> dict[str, Payload]:
        if self._carried.proof is None:
            return {}
        return {contract.PROOF_HEADER: Payload(data=to_bytes(self._carried.proof))}
