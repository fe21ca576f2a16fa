"""
Cases of every kind: one escalation in each state that people meet, with what was said and done in it.

Pages are looked at with them, by people (``python -m tests.browser.screenshots``) and by the tests.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from client import EscalationClient
from escalation.case.action_plan import Step
from escalation.case.rca_content import InternalRca
from escalation.case.request import Channel
from escalation.case.resolution import ResolutionKind
from escalation.kernel.clocks import Outcome
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import InternalText, from_plain
from escalation.policy.classification import EscalationReason
from escalation.sponsorship.moves.enrol import Enrol
from escalation.sponsorship.moves.propose import Propose
from escalation.task_force.state import SeatRequest
from tests.complaint import a_complaint
from tests.escalations import REFERENCE
from tests.web.web_client import Door

WORKED_ON, LATE, PAUSED, VERIFYING = "ACME/4711", "INITECH/9", "GLOBEX/12", "BOLT/3"
CLOSING, CLOSED, WAITING = "HOOLI/77", "ACME/4650", "UMBRELLA/5"
FORCE = "dry-pallets"
SPONSORED = "ACME"
PLAYBOOK = """
extends: on_call.yaml
name: Customer care
version: "1.0"
priorities:
  P1: {targets: {acknowledge: 3 s}}
"""
"""People on call, and a P1 that is late at once."""
CHANGE = "  P2: {targets: {next_update: 2 h, resolution: 6 h}}\n"
"""The end of another version."""
TODAY = datetime.now(UTC).date()
TERMS = {
    "sponsor": "ingrid",
    "duties": ["Speak with the director of logistics"],
    "entry_criteria": ["Two P1 within a month"],
    "measures": ["No P1 in a quarter"],
    "exit_criteria": ["Two quiet quarters"],
    "every_days": 1,
    "review_on": TODAY + timedelta(days=90),
}
RCA = from_plain(
    InternalRca,
    {
        "root_causes": ["The loading bay has no roof, and nobody looks at the weather before loading"],
        "corrective_actions": [
            {
                "what": "Pack pallets in film whenever rain is forecast",
                "owner": "hannah",
                "due": TODAY + timedelta(days=11),
                "for_customers": "Pallets are wrapped against rain from now on",
            },
            {"what": "Build a roof over bay 3", "owner": "daniel", "due": TODAY + timedelta(days=120)},
        ],
        "summary_for_customers": "Your pallets became wet while they were loaded. We should have wrapped them.",
    },
)


def write_playbook(folder: Path, playbook: str = PLAYBOOK) -> Path:
    """Write *playbook* into *folder*, with those that it may extend."""
    for file in REFERENCE.parent.glob("*.*"):
        (folder / file.name).write_bytes(file.read_bytes())
    written = folder / "playbook.yaml"
    written.write_text(playbook)
    return written


async def open_cases(house: Door) -> None:
    """Open them all; returns when each stands as its name says. Then the playbook changes, which they go on without."""
    begin = (_worked_on, _late, _paused, _verifying, _closing, _closed, _waiting, _sponsored)
    await asyncio.gather(*(each(house.client) for each in begin))
    await _until(lambda: _is_late(house.client))
    write_playbook(house.settings.playbook.parent, PLAYBOOK + CHANGE)


async def _start(client: EscalationClient, key: str, subject: str, contact: str, **changes: Any) -> None:
    account, mailbox = key.partition("/")[0], contact.lower().replace(" ", ".")
    customer = {
        "account": account,
        "contacts": [{"name": contact, "email": f"{mailbox}@{account.lower()}.example"}],
    }
    asked = {"key": key, "subject": subject, "customers": [customer], **changes}
    await client.start(a_complaint(**asked))


async def _worked_on(client: EscalationClient) -> None:
    key, now = WORKED_ON, datetime.now(UTC)
    more = {"linked_tickets": ["INC-2041"], "problem_records": ["PRB-77"], "services": ["delivery"]}
    await _start(client, key, "Second delivery in a row arrived damaged", "Jo Buyer", priority="P2", **more)
    why = EscalationReason.DISSATISFIED_CUSTOMER
    await client.acknowledge(key, by="maya", note="I call Jo now")
    await client.state_impact(key, by="maya", account="ACME", impact="We cannot fill 200 shop orders.")
    await client.tick_response(key, by="maya", response="hear the customer out")
    await client.raise_level(key, by="maya", reason=why, to_level=3, note="Jo asks who can replace them")
    await client.acknowledge(key, by="jonas")
    steps = (
        Step(
            what=InternalText("Find out how the pallets became wet"),
            owner="hannah",
            due_at=now + timedelta(hours=5),
        ),
        Step(what=InternalText("Send new goods today"), owner="jonas"),
    )
    await client.revise_plan(key, by="jonas", steps=steps)
    text = "New goods leave our warehouse this afternoon."
    await client.send_update(key, by="jonas", customer_text=text, estimate=now + timedelta(hours=26))
    said = "Please call before you deliver: the gate is closed after five."
    await client.record_customer_message(key, by="jonas", account="ACME", text=said, channel=Channel.PHONE)
    await client.add_comment(key, by="jonas", note="@hannah could it be the new carrier?")
    seats = [
        SeatRequest(role="agent", people=("tom", "maya")),
        SeatRequest(role="logistics", people=("rafael",)),
    ]
    await client.deploy_task_force(
        key, by="jonas", name=FORCE, mission="Find out where pallets become wet", lead="hannah", seats=seats
    )
    await _force_at_work(client, key)


async def _force_at_work(client: EscalationClient, key: str) -> None:
    await _until(lambda: _has_begun(client, key))
    await client.accept_seat(key, FORCE, by="tom")
    for what, owner in (("Read a week of loading logs", "tom"), ("Look at bay 3", "hannah")):
        await client.add_task(key, FORCE, by="hannah", what=what, owner=owner)
    await client.finish_task(key, FORCE, by="hannah", task=2)
    text = "Bay 3 has no roof; loading moves to bay 1."
    await client.report_status(key, FORCE, by="hannah", text=text, is_update=True)
    await _until(lambda: _has_reported(client, key))


async def _has_reported(client: EscalationClient, key: str) -> bool:
    return (await client.view(key)).task_forces[0].latest is not None


async def _is_late(client: EscalationClient) -> bool:
    return any(clock.outcome is Outcome.BREACHED for clock in (await client.view(LATE)).clocks)


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await is_so():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.1)


async def _has_begun(client: EscalationClient, key: str) -> bool:
    """A task force is a run of its own, which begins a moment after it was deployed."""
    with suppress(MoveNotAllowed):
        return bool(await client.task_force(key, FORCE))
    return False


async def _late(client: EscalationClient) -> None:
    """Nobody acknowledges, and the short time of the playbook for it is over."""
    more = {"reason": "sla_breach", "evidence": []}
    await _start(client, LATE, "Login fails for all users", "Sam Rivera", priority="P1", **more)


async def _paused(client: EscalationClient) -> None:
    await _start(client, PAUSED, "Invoice counted twice", "Budi Santoso", priority="P3", category="billing")
    await client.acknowledge(PAUSED, by="maya")
    words = {"text": "Which of the two invoices did you pay?", "what_for": "We refund the other one."}
    due_at = datetime.now(UTC) + timedelta(hours=20)
    await client.ask_customer(PAUSED, by="maya", account="GLOBEX", due_at=due_at, **words)


async def _resolved(client: EscalationClient, key: str, done: str, text: str) -> None:
    kind = ResolutionKind.FIX
    await client.acknowledge(key, by="maya")
    await client.declare_resolved(key, by="maya", resolution=kind, done=done, customer_text=text)


async def _waiting(client: EscalationClient) -> None:
    """Nobody has acknowledged them yet."""
    question = {"priority": "P3", "category": "order_status"}
    await _start(client, WAITING, "Where is our order of last week?", "Eva Stone", **question)
    await _start(
        client, "STARK/31", "The invoice has no order number", "Pia Holm", priority="P2", category="billing"
    )


async def _sponsored(client: EscalationClient) -> None:
    why = InternalText("Two P1 within a month")
    await client.propose_sponsorship("GLOBEX", Propose(by="elena", why=why))
    await client.propose_sponsorship(SPONSORED, Propose(by="elena", why=why))
    await client.enrol(SPONSORED, Enrol.model_validate({**TERMS, "by": "elena"}))


async def _verifying(client: EscalationClient) -> None:
    await _start(client, VERIFYING, "Training was booked for the wrong day", "Ana Lima", priority="P4")
    await _resolved(client, VERIFYING, "Booked again for Friday", "Your training is on Friday at ten.")


async def _closing(client: EscalationClient) -> None:
    await _start(client, CLOSING, "Delivery note names another shop", "Gil Berg", priority="P3")
    await _resolved(client, CLOSING, "Sent the right note", "The right delivery note is on its way.")
    await client.verify_resolution(CLOSING, by="aisha")
    await client.request_rca(CLOSING, by="elena")
    await client.file_rca(CLOSING, by="kemal", rca=RCA)


async def _closed(client: EscalationClient) -> None:
    key = CLOSED
    await _start(client, key, "First delivery arrived damaged", "Jo Buyer", priority="P3")
    await _resolved(client, key, "Sent new goods", "Your new goods have arrived.")
    await client.verify_resolution(key, by="aisha")
    await client.confirm_access(key, by="dewi", account="ACME")
    await client.request_rca(key, by="elena")
    await client.file_rca(key, by="kemal", rca=RCA)
    await client.derive_rca(key, by="kemal")
    await client.approve_rca(key, by="elena")
    await client.share_rca(key, by="dewi")
    await client.close(key, by="elena")
    comment = "You listened in the end, but it took too long."
    await client.answer_survey(key, by="maya", account="ACME", score=3, comment=comment)
