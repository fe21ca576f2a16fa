"""
An escalation of the reference playbook taken to a stage of its life, move by move, by those who may.

Each begins where the one before it ended; all go through the client, as people do.
"""

from datetime import datetime

from client import EscalationClient
from escalation.case.action_plan import Step
from escalation.case.engine import Decision
from escalation.case.rca_content import CorrectiveAction, InternalRca
from escalation.case.request import StartRequest
from escalation.case.resolution import ResolutionKind
from escalation.case.start import Open, open_escalation
from escalation.kernel.values import CustomerText, InternalText, from_plain
from planning.plan.compiler import compile_plan
from planning.playbook.loader import load_playbook
from tests.complaint import a_complaint
from tests.escalations import REFERENCE


def an_rca() -> InternalRca:
    return InternalRca.model_validate(
        {
            "root_causes": ["The pallets are wrapped before they are dry"],
            "corrective_actions": [
                CorrectiveAction.model_validate(
                    {
                        "what": "Measure moisture before wrapping",
                        "owner": "hannah",
                        "due": "2030-01-31",
                        "for_customers": "Every pallet is measured before it is wrapped",
                    }
                )
            ],
            "summary_for_customers": "Pallets were wrapped before they were dry",
        }
    )


async def resolving(client: EscalationClient, key: str) -> None:
    """Acknowledged, with a plan: from communicating."""
    await client.acknowledge(key, by="priya")
    steps = [Step(what=InternalText("Send dry pallets"), owner="priya")]
    await client.revise_plan(key, by="priya", steps=steps)


async def verifying(client: EscalationClient, key: str) -> None:
    """A fix is declared: from resolving."""
    await client.declare_resolved(key, by="priya", resolution=ResolutionKind.FIX, done="Sent dry pallets")


async def verifying_by_elena(client: EscalationClient, key: str) -> None:
    """A fix is declared at whatever level it is: from communicating."""
    await client.declare_resolved(key, by="elena", resolution=ResolutionKind.FIX, done="Sent dry pallets")


async def closing(client: EscalationClient, key: str) -> None:
    """The fix is verified: from verifying."""
    await client.verify_resolution(key, by="aisha")


async def ready_to_close(client: EscalationClient, key: str) -> None:
    """Access is back and the RCA is shared: from closing."""
    await client.confirm_access(key, by="dewi", account="ACME")
    await client.file_rca(key, by="kemal", rca=an_rca())
    await client.derive_rca(key, by="kemal")
    await client.approve_rca(key, by="elena")
    await client.share_rca(key, by="dewi")


async def closed(client: EscalationClient, key: str) -> None:
    """From ready to close."""
    await client.close(key, by="elena")


async def whole_life(client: EscalationClient, key: str) -> None:
    """From the start's receipt to the close, with one update to the customer."""
    await resolving(client, key)
    await client.send_update(key, by="priya", customer_text=CustomerText("Dry pallets leave today"))
    await verifying(client, key)
    await closing(client, key)
    await ready_to_close(client, key)
    await closed(client, key)


def opened_at(key: str, instant: datetime) -> Decision:
    """The complaint as it was opened then."""
    request = from_plain(StartRequest, a_complaint(key=key))
    plan, priority = compile_plan(load_playbook(REFERENCE), request, instant)
    opening = Open(id=f"{key}@{instant:%Y-%m-%dT%H:%M:%SZ}", request=request, plan=plan, priority=priority)
    return open_escalation(opening, instant)
