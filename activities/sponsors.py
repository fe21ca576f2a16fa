"""
Executive sponsorship seen from elsewhere: who sponsors an account, who a person is, and a proposal on its way.

Reads the memo of the account's sponsorship, which the server answers for by itself: no worker is asked, and it is
never behind (SPONSOR-2). It must not know what a sponsorship is, nor what anybody may.
"""

import asyncio
from collections.abc import Callable, Iterable

import structlog
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from activities.run_lookup import describe_run
from escalation import contract
from escalation.case.effects import ProposeSponsorship
from escalation.case.request import StartRequest
from escalation.policy.people import Contact
from escalation.policy.plan import Plan
from escalation.sponsorship.lifecycle import SponsorshipMove
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.sponsorship.state import sponsorship_key
from planning.plan.sponsorship_people import people_of_sponsorship
from planning.playbook.loader import Playbook

log = structlog.get_logger(__name__)

_AT_ONCE = 16


class Sponsors:
    """The quick activities of sponsorships."""

    def __init__(self, playbook: Callable[[], Playbook]) -> None:
        self._playbook = playbook

    @activity.defn(name=contract.FIND_PEOPLE)
    async def find_people(self, ids: tuple[str, ...]) -> PlaybookPeople:
        """
        Raises:
            UnknownName: If the playbook of today has no such person.
        """
        return people_of_sponsorship(self._playbook(), ids)

    @activity.defn(name=contract.PROPOSE_SPONSORSHIP)
    async def propose_sponsorship(self, wanted: ProposeSponsorship) -> None:
        """One message to each account's sponsorship, which begins with it if there is none."""
        for account in wanted.accounts:
            proposal = {"by": wanted.by, "why": wanted.why, "escalation": wanted.escalation}
            await activity.client().start_workflow(
                contract.SPONSORSHIP,
                {"account": account},
                id=sponsorship_key(account),
                task_queue=contract.ESCALATION_QUEUE,
                start_signal=SponsorshipMove.PROPOSE.value,
                start_signal_args=[proposal],
            )


async def with_sponsors(plan: Plan, request: StartRequest) -> Plan:
    """Return *plan* with the sponsors of the affected accounts among those who are notified (SPONSOR-2)."""
    accounts = dict.fromkeys(customer.account for customer in request.customers)
    return plan.sponsored_by(await sponsors_of(accounts))


async def sponsors_of(accounts: Iterable[str]) -> tuple[Contact, ...]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(account: str) -> Contact | None:
        async with gate:
            return await _sponsor_of(account)

    found = await asyncio.gather(*map(one, accounts))
    return tuple({sponsor.id: sponsor for sponsor in found if sponsor}.values())


async def _sponsor_of(account: str) -> Contact | None:
    """A start is worth more than its sponsor: what the server cannot say now is logged, and nobody is added."""
    try:
        found = await describe_run(sponsorship_key(account))
        if found is None or found.status is not WorkflowExecutionStatus.RUNNING:
            return None
        sponsor: Contact | None = await found.memo_value(contract.SPONSOR_MEMO, None, type_hint=Contact)
    except RPCError as error:
        log.warning("sponsor_not_looked_up", why=error.message)
        return None
    return sponsor
