"""Executive sponsorship of an account (SPONSOR)."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from clients.parallel_queries import Unanswered
from clients.run_errors import RunEnded, RunStalled
from clients.stalled_runs import StalledRuns
from clients.temporal_connection import read_pages
from encryption.errors import EncryptionFault
from escalation import contract
from escalation.kernel.list_page import ListPage
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import MoveNotAllowed, UnknownEscalation, nearest, quote_input
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.move_preview import MovePreview, WriteMessage, preview_in_sponsorship
from escalation.policy.people import Contact
from escalation.sponsorship.engine import PROPOSE_AGAIN
from escalation.sponsorship.lifecycle import SponsorshipState
from escalation.sponsorship.move_index import PersonsCommand
from escalation.sponsorship.move_permissions import SponsorshipPermission, list_permissions_in_sponsorship
from escalation.sponsorship.moves.enrol import Enrol
from escalation.sponsorship.moves.exit import Exit
from escalation.sponsorship.moves.log_touch_point import LogTouchPoint
from escalation.sponsorship.moves.propose import Propose
from escalation.sponsorship.moves.review import Review
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.sponsorship.state import Sponsorship, sponsorship_key
from messages.speaker import did_you_mean
from workflows import web_ui

FindPeople = Callable[[tuple[str, ...]], PlaybookPeople]
"""Returns who the people of these ids are in the playbook of today; an unknown one is refused."""


class Sponsorships(StalledRuns):
    """Propose, enrol, touch, review, exit; and look."""

    async def propose_sponsorship(self, account: str, proposal: Propose) -> Sponsorship:
        """Propose the account; its sponsorship begins with it if there is none."""
        id_ = uuid.uuid4().hex

        def ask() -> Awaitable[Any]:
            operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                contract.SPONSORSHIP,
                contract.SponsorshipInput(account=account),
                id=sponsorship_key(account),
                task_queue=self._temporal.task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                static_summary=f"executive sponsorship of {web_ui.escaped(account)}",
            )
            return self._temporal.client.execute_update_with_start_workflow(
                Propose.move,
                proposal,
                start_workflow_operation=operation,
                id=id_,
                result_type=Sponsorship,
            )

        return await self._runs.repeat(sponsorship_key(account), ask, Sponsorship, RunEnded)

    async def enrol(self, account: str, terms: Enrol) -> Sponsorship:
        return await self.ask_sponsorship(account, terms)

    async def touch(self, account: str, touch_point: LogTouchPoint) -> Sponsorship:
        return await self.ask_sponsorship(account, touch_point)

    async def review_sponsorship(self, account: str, review: Review) -> Sponsorship:
        return await self.ask_sponsorship(account, review)

    async def exit_sponsorship(self, account: str, exit_: Exit) -> Sponsorship:
        return await self.ask_sponsorship(account, exit_)

    async def sponsorship(self, account: str) -> Sponsorship:
        """
        Raises:
            UnknownEscalation: If the account was never proposed.
        """
        try:
            return await self._temporal.query_run(sponsorship_key(account), contract.VIEW, Sponsorship)
        except UnknownEscalation:
            raise await self._unsponsored(account) from None

    async def sponsorship_permissions(
        self, account: str, by: str | None, find_people: FindPeople
    ) -> tuple[SponsorshipPermission, ...]:
        """Return each move, as *by* may make it now, with the reason why not; without *by*, as somebody may."""
        known = find_people((by,) if by else ())
        return list_permissions_in_sponsorship(await self.sponsorship(account), by, known)

    async def sponsorship_timeline(self, account: str) -> tuple[TimelineEntry, ...]:
        """Return the end of the timeline of a sponsorship, oldest entry first."""
        key, kind = sponsorship_key(account), ListPage[TimelineEntry]
        ask = partial(self._temporal.query_run, key, contract.TIMELINE, kind)
        return await read_pages(ask, lambda entry: entry.seq)

    async def sponsorships(
        self, unanswered: list[Unanswered] | None = None
    ) -> AsyncIterator[contract.SponsorshipListing]:
        """
        Yield sponsorships that run, from their memos: no worker is asked. Stalled ones go into *unanswered*, and those
        whose key is missing, which are left out.
        """
        query = f"WorkflowType = '{contract.SPONSORSHIP}' AND ExecutionStatus = 'Running'"
        unreadable = list[Unanswered]() if unanswered is None else unanswered
        async for execution in self._temporal.executions(query):
            kind = contract.SponsorshipListing
            try:
                line = await execution.memo_value(contract.SPONSORSHIP_MEMO, None, type_hint=kind)
            except EncryptionFault as fault:
                unreadable.append(Unanswered.of(execution.id, fault))
                continue
            if line:
                yield line
        if unanswered is not None:
            stalled = await self.stalled((contract.SPONSORSHIP,))
            unanswered += [Unanswered.of(stall.key, RunStalled(stall)) for stall in stalled]

    async def sponsors(self, accounts: Iterable[str]) -> tuple[Contact, ...]:
        """Return the sponsors of *accounts*, from the memos too (SPONSOR-2)."""
        found = [await self._sponsor_of(account) for account in accounts]
        return tuple({sponsor.id: sponsor for sponsor in found if sponsor}.values())

    async def _sponsor_of(self, account: str) -> Contact | None:
        try:
            found = await self._runs.describe(sponsorship_key(account))
        except UnknownEscalation:
            return None
        if found.status is not WorkflowExecutionStatus.RUNNING:
            return None
        sponsor: Contact | None = await found.memo_value(contract.SPONSOR_MEMO, None, type_hint=Contact)
        return sponsor

    async def ask_sponsorship(self, account: str, command: PersonsCommand) -> Sponsorship:
        """
        Make the move that *command* asks for. The methods above are this, one for each move.

        Raises:
            EscalationError: If the move is refused. Nothing has changed then.
        """
        if isinstance(command, Propose):
            return await self.propose_sponsorship(account, command)
        key = sponsorship_key(account)
        try:
            return await self._runs.update(key, command.move, command, Sponsorship)
        except RunEnded:
            obstacle = reason("sponsorship.ended")
            raise MoveNotAllowed(obstacle, subject=key, allowed_moves=(PROPOSE_AGAIN,)) from None
        except UnknownEscalation:
            raise await self._unsponsored(account) from None

    async def preview_in_sponsorship(
        self,
        account: str,
        command: PersonsCommand,
        find_people: FindPeople,
        write: WriteMessage | None = None,
    ) -> MovePreview:
        """
        Return what *command* would do now; nothing has changed. *find_people* says who the people are whom it names.

        Raises:
            EscalationError: If it would be refused.
        """
        programme = await self._sponsorship_for(account, command)
        known = find_people(tuple(dict.fromkeys(command.named)))
        return preview_in_sponsorship(programme, command, datetime.now(UTC), known, write)

    async def _sponsorship_for(self, account: str, command: PersonsCommand) -> Sponsorship:
        """Return the sponsorship that *command* is about; a proposal begins a new one where none is running."""
        if not isinstance(command, Propose):
            return await self.sponsorship(account)
        with suppress(UnknownEscalation):
            found = await self.sponsorship(account)
            if found.standing is not SponsorshipState.EXITED:
                return found
        return Sponsorship(account=account)

    async def _unsponsored(self, account: str) -> UnknownEscalation:
        meant = nearest(account, [line.account async for line in self.sponsorships()])
        return UnknownEscalation(
            f"no sponsorship of the account {quote_input(account)} is known here; `escalate sponsor propose` begins one"
            f"{did_you_mean(meant)}"
        )
