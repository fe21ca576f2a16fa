"""
Lives: what people do to one escalation, chosen by chance from a seed.

A move that meets a dead server or worker is repeated under the same update id, as a careful program would. A refusal is
an answer like any other.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from client import EscalationClient
from escalation.case.action_plan import Step
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.approve_rca import ApproveRca
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.derive_rca import DeriveRca
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.case.moves.share_rca import ShareRca
from escalation.case.moves.tick_response import TickResponse
from escalation.case.moves.transfer import Transfer
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.resolution import AccessAnswer, ResolutionKind
from escalation.kernel.refusals import EscalationError
from escalation.kernel.values import CustomerText, InternalText
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from escalation.task_force.state import SeatRequest
from runtime.errors import RuntimeFault
from tests.complaint import a_complaint
from tests.workflows.stages import an_rca

ACCOUNTS = ("ACME", "GLOBEX", "INITECH")
REFUSED = "refused@{}.example"
"""The address of a contact whom no letter reaches."""
_PATIENCE = 180.0
_TEAM = "recovery"


@dataclass
class Life:
    """One escalation, from its start until nobody does anything any more."""

    client: EscalationClient
    key: str
    chance: random.Random
    moves: int = 0
    refused: int = 0
    repeated: int = 0
    gave_up: list[str] = field(default_factory=list)

    async def live(self) -> None:
        account = self.chance.choice(ACCOUNTS)
        request = a_complaint(
            key=self.key,
            priority=self.chance.choice(("P1", "P2", "P3")),
            customers=[{"account": account, "contacts": self._contacts(account)}],
            linked_tickets=["INC-1"] if self.chance.random() < 0.3 else [],
        )
        await self._until_answered("start", lambda id_: self.client.start(request, id=id_))
        for command in self._course(account):
            await asyncio.sleep(self.chance.expovariate(1 / 1.5))
            if command is None:
                await self._task_force()
            else:
                await self._ask(command)

    def _contacts(self, account: str) -> list[dict[str, str]]:
        domain = account.lower()
        names = ["jo", "budi", "ana"][: self.chance.randint(1, 3)]
        contacts = [{"name": name.title(), "email": f"{name}@{domain}.example"} for name in names]
        if self.chance.random() < 0.2:
            contacts.append({"name": "Nobody", "email": REFUSED.format(domain)})
        return contacts

    def _course(self, account: str) -> list[PersonsCommand | None]:
        """The moves of a whole life, with others in between; some are left out, so that what follows is refused."""
        course: list[PersonsCommand | None] = []
        for step in _whole_life(account):
            course += self.chance.choices(_IN_BETWEEN, k=self.chance.randint(0, 2))
            if self.chance.random() > 0.06:
                course.append(step)
        return course[: self.chance.randint(4, len(course))] if self.chance.random() < 0.2 else course

    async def _ask(self, command: PersonsCommand) -> None:
        await self._until_answered(command.move.value, lambda id_: self.client.ask(self.key, command, id=id_))

    async def _task_force(self) -> None:
        seat = SeatRequest(role="agent", people=("tom", "maya"))
        await self._until_answered(
            "deploy",
            lambda _: self.client.deploy_task_force(
                self.key, by="elena", name=_TEAM, mission="Find the leak", lead="hannah", seats=[seat]
            ),
        )
        await self._until_answered("accept", lambda _: self.client.accept_seat(self.key, _TEAM, by="tom"))
        await self._until_answered(
            "report", lambda _: self.client.report_status(self.key, _TEAM, by="hannah", text="Found it")
        )

    async def _until_answered(self, what: str, ask: Callable[[str], Awaitable[Any]]) -> None:
        id_ = f"{self.chance.getrandbits(64):x}"
        end = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            try:
                await ask(id_)
            except EscalationError:
                self.refused += 1
            except RuntimeFault as fault:
                if asyncio.get_running_loop().time() > end:
                    self.gave_up.append(f"{self.key} {what}: {fault}")
                    return
                self.repeated += 1
                await asyncio.sleep(0.5)
                continue
            else:
                self.moves += 1
            return


def _whole_life(account: str) -> list[PersonsCommand]:
    text = InternalText
    return [
        Acknowledge(by="elena", note=text("")),
        RevisePlan(by="elena", steps=(Step(what=text("Send dry pallets"), owner="priya"),), why=text("")),
        DeclareResolved(by="elena", resolution=ResolutionKind.FIX, done=text("Sent dry pallets")),
        VerifyResolution(by="aisha", note=text("")),
        ConfirmAccess(by="dewi", account=account, answer=AccessAnswer.YES, note=text("")),
        SettleTicket(by="elena", record="INC-1"),
        RequestRca(by="elena", note=text("")),
        FileRca(by="kemal", rca=an_rca()),
        DeriveRca(by="kemal"),
        ApproveRca(by="elena", note=text("")),
        ShareRca(by="dewi"),
        Close(by="elena", note=text("")),
    ]


_IN_BETWEEN: list[PersonsCommand | None] = [
    SendUpdate(by="elena", customer_text=CustomerText("Dry pallets leave today")),
    SendUpdate(by="elena", internal_note=InternalText("Bay 3 has no roof")),
    TickResponse(by="elena", response="1"),
    RaiseLevel(by="elena", reason=EscalationReason.LACK_OF_AUTHORITY),
    ChangePriority(by="elena", priority=Priority.P1),
    ChangePriority(by="elena", priority=Priority.P3),
    Transfer(by="elena", to="finance"),
    PauseClocks(by="elena", because="waiting_for_customer"),
    ResumeClocks(by="elena"),
    Acknowledge(by="nobody"),
    RejectResolution(by="aisha", why=InternalText("Still wet")),
    Reopen(by="elena", why=InternalText("Wet again")),
    Close(by="elena"),
    Cancel(by="elena", cause=CancelCause.WITHDRAWN, why=InternalText("By chance")),
    None,
]
