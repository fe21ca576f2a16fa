"""Queries: one escalation as it stands, its timeline, lists of them. Nothing changes by them."""

import asyncio
from collections.abc import AsyncIterator, MutableSequence, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import WorkflowExecution, WorkflowExecutionDescription, WorkflowExecutionStatus

from clients.client_part import ClientPart
from clients.parallel_queries import CannotAnswer, NotAllAnswered, Unanswered, ask_each
from clients.same_move import name_same_move
from clients.temporal_connection import read_pages
from clients.visibility import (
    RECORDED,
    EscalationFilter,
    EscalationListing,
    FoundByWords,
    ListingPage,
    make_listing,
    quote,
)
from escalation import contract
from escalation.case.action_plan import ActionPlan
from escalation.case.customer_view import CustomerPage
from escalation.case.deliveries import Delivery
from escalation.case.follow_up_actions import Action
from escalation.case.lifecycle import Move, State
from escalation.case.move_index import PersonsCommand
from escalation.case.move_permissions import MovePermission, list_permissions
from escalation.case.rca_on_file import RcaOnFile
from escalation.case.record_batch import RecordBatch
from escalation.case.state import Escalation
from escalation.case.view import View
from escalation.kernel.ids import key_of
from escalation.kernel.list_page import ListPage
from escalation.kernel.refusals import MoveNotAllowed, UnknownEscalation, UnknownName
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.move_preview import Consequence, MovePreview, WriteMessage, preview_move
from escalation.notifications.notification import CustomerFacts
from escalation.policy.classification import Priority
from escalation.policy.people import Contact
from workflows import search_attributes as sa

if TYPE_CHECKING:
    from planning.forecast.simulation import AnswerOnCall

_MAY_BE_RESET = {WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.CONTINUED_AS_NEW}


class ToDo(NamedTuple):
    """An action that is to be done."""

    id: str
    """The name by which commands find its escalation: the key, or the id of a closed one."""
    subject: str
    action: Action


class Queries(ClientPart):
    """Look at escalations."""

    async def view(self, key: str) -> View:
        """
        The escalation as it is; an ended one as it was, while Temporal keeps it.

        Raises:
            UnknownEscalation: If there is none of this key.
        """
        return await self._runs.view(key)

    async def state(self, key: str) -> Escalation:
        """Return the whole state, on which the rules can show what would happen; an ended one's as it ended."""
        found = await self._runs.query(key, contract.STATE, Escalation)
        if found.ended_at is not None:
            with suppress(UnknownEscalation):
                return await self._runs.query(found.id, contract.STATE, Escalation)
        return found

    async def customer_page(self, escalation: str, reader: str) -> CustomerPage:
        """
        Return the escalation of this id as the contact reads it whom links call *reader*; an ended one as its follow-up
        has it, or as it was.
        """
        latest = None
        with suppress(UnknownEscalation):
            latest = await self._customer_page(key_of(escalation), reader)
        if latest and latest.escalation == escalation and not latest.has_ended:
            return latest
        try:
            return await self._customer_page(escalation, reader)
        except UnknownEscalation:
            if latest is None:
                raise
            return latest

    async def _customer_page(self, key: str, reader: str) -> CustomerPage:
        return await self._runs.query(key, contract.CUSTOMER_PAGE, CustomerPage, reader)

    async def permissions(self, key: str, by: str | None) -> tuple[MovePermission, ...]:
        """Return each move, as *by* may make it now, with the reason why not; without *by*, as somebody may."""
        return list_permissions(await self.state(key), by)

    async def preview(
        self,
        key: str,
        command: PersonsCommand,
        write: WriteMessage | None = None,
        *,
        read_at: datetime | None = None,
    ) -> MovePreview:
        """
        Return what *command* would do now; nothing has changed. With the messages, if *write* says how they read.
        *read_at*: as `ask` has it.

        Raises:
            EscalationError: If it would be refused.
        """
        try:
            return preview_move(await self.state(key), command, datetime.now(UTC), write)
        except (MoveNotAllowed, UnknownName) as refusal:
            if read_at is None:
                raise
            raise await name_same_move(
                refusal, self._runs, key, command.move, by=command.by, read_at=read_at
            ) from None

    async def outlook(
        self, key: str, *, hours: int | None = None, on_call: "AnswerOnCall | None" = None
    ) -> tuple[Consequence, ...]:
        """
        Return what happens within so many *hours* if nobody acts; if omitted, until nothing new would happen. *on_call*
        says who is; without it, nobody is looked up.
        """
        from planning.forecast.outlook import look_ahead  # noqa: PLC0415 - slow to import, and seldom needed

        state, now = await self.state(key), datetime.now(UTC)
        until = None if hours is None else now + timedelta(hours=hours)
        return look_ahead(state, now, until, on_call)

    async def timeline(self, key: str) -> tuple[TimelineEntry, ...]:
        """Return the timeline, oldest entry first."""
        entries = await read_pages(
            partial(self._runs.query, key, contract.TIMELINE, ListPage[TimelineEntry]), _seq
        )
        if all(entry.kind not in {"closed", "cancelled"} for entry in entries):
            return entries
        found = await self._runs.query(key, contract.VIEW, View)
        if found.ended_at is None:
            return entries
        with suppress(UnknownEscalation):
            return await read_pages(
                partial(self._runs.query, found.id, contract.TIMELINE, ListPage[TimelineEntry]), _seq
            )
        return entries

    async def records(self) -> AsyncIterator[tuple[str, RecordBatch | CannotAnswer]]:
        """
        Of every run that Temporal still keeps, of escalations and of their follow-ups, as they began one after the
        other: its workflow id, and what had happened, or why that is not known.
        """
        runs = [run async for run in self._recorded_runs()]
        async for run, answer in ask_each(runs, lambda run: self.record_of(run.id, run.run_id)):
            yield run.id, answer

    async def unrecorded(self) -> AsyncIterator[tuple[str, RecordBatch | CannotAnswer]]:
        """Of every run that goes on: its workflow id, and what has happened there and is not on record yet."""
        query = (
            f"WorkflowType IN ('{contract.WORKFLOW}', '{contract.FOLLOW_UP}') AND ExecutionStatus = 'Running'"
        )
        runs = [run async for run in self._temporal.executions(query)]
        async for run, answer in ask_each(runs, self._unrecorded_of):
            yield run.id, answer

    async def _unrecorded_of(self, run: WorkflowExecution) -> RecordBatch:
        handle = self._temporal.client.get_workflow_handle(run.id, run_id=run.run_id)
        asked = handle.query(contract.UNRECORDED, result_type=RecordBatch)
        return await self._temporal.answer(run.id, asked, RecordBatch, run_id=run.run_id)

    async def record_of(self, key: str, run_id: str | None = None) -> RecordBatch:
        """Return the events of a run as they go on record: all pages as one batch."""
        page = await self._record_after(key, run_id, 0)
        events, last = page.events, page
        while page.events and (page := await self._record_after(key, run_id, events[-1].seq)).events:
            events, last = (*events, *page.events), page
        return replace(last, events=events)

    async def _record_after(self, key: str, run_id: str | None, seq: int) -> RecordBatch:
        handle = self._temporal.client.get_workflow_handle(key, run_id=run_id)
        asked = handle.query(contract.RECORD, seq, result_type=RecordBatch)
        return await self._temporal.answer(key, asked, RecordBatch, run_id=run_id)

    async def _recorded_runs(self, which: str = "") -> AsyncIterator[WorkflowExecution]:
        """Runs that have a record, the first begun first; without those that were reset."""
        query = f"WorkflowType IN ({', '.join(map(quote, RECORDED))}) AND {sa.STATE.name} IS NOT NULL"
        found = [run async for run in self._temporal.executions(f"{query} AND {which}" if which else query)]
        for run in sorted(found, key=lambda run: run.start_time):
            if run.status not in _MAY_BE_RESET or not await self._was_reset(run, found):
                yield run

    async def _was_reset(self, run: WorkflowExecution, others: Sequence[WorkflowExecution]) -> bool:
        """Return whether another run has its place: it was reset itself, or a run before it of the same chain."""
        described = await self._described(run)
        if described.workflow_extended_info.reset_run_id:
            return True
        later = [each for each in others if each.id == run.id and each.start_time > run.start_time]
        chain = described.workflow_execution_info.first_run_id
        return run.status is WorkflowExecutionStatus.TERMINATED and any(
            [(await self._described(each)).workflow_execution_info.first_run_id == chain for each in later]
        )

    async def _described(self, run: WorkflowExecution) -> DescribeWorkflowExecutionResponse:
        handle = self._temporal.client.get_workflow_handle(run.id, run_id=run.run_id)
        return (
            await self._temporal.answer(run.id, handle.describe(), WorkflowExecutionDescription)
        ).raw_description

    async def allowed_moves(self, key: str) -> tuple[Move, ...]:
        return (await self.view(key)).allowed_moves

    async def script(self, key: str) -> CustomerFacts:
        """Return the facts that agents may pass on to customers now (COMM-7)."""
        return await self._runs.query(key, contract.SCRIPT, CustomerFacts)

    async def messages(self, key: str) -> tuple[Delivery, ...]:
        """Return the delivery of each message, oldest first (COMM-12, COMM-13)."""
        view = await self._runs.query(key, contract.VIEW, View)
        if view.ended_at:
            with suppress(UnknownEscalation):
                return await read_pages(
                    partial(self._runs.query, view.id, contract.DELIVERIES, ListPage[Delivery])
                )
        return await read_pages(partial(self._runs.query, key, contract.DELIVERIES, ListPage[Delivery]))

    async def action_plans(self, key: str) -> tuple[ActionPlan, ...]:
        """Each version of the action plan with who and why, oldest first (COMM-10)."""
        ask = partial(self._runs.query, key, contract.ACTION_PLANS, ListPage[ActionPlan])
        return await read_pages(ask, lambda plan: plan.version)

    async def diagram(self, key: str) -> str:
        """The lifecycle as a Mermaid diagram, with the state it is in marked."""
        return await self._runs.query(key, contract.DIAGRAM, str)

    async def people(self, key: str) -> tuple[Contact, ...]:
        """The people and teams that its plan knows: who can be asked, and who can make moves."""
        return await self._runs.query(key, contract.PEOPLE, tuple[Contact, ...])

    async def rca_on_file(self, key: str, version: int | None = None) -> RcaOnFile:
        """A version of the internal RCA, else the latest; and which ones there are."""
        return await self._runs.query(key, contract.RCA_ON_FILE, RcaOnFile, version)

    async def list(
        self,
        *,
        state: State | None = None,
        priority: Priority | None = None,
        level: int | None = None,
        category: str | None = None,
        customer: str | None = None,
        owner: str | None = None,
        waits_for: str | None = None,
        breached: bool | None = None,
        ended: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[EscalationListing]:
        """Escalations that match, newest first; those that have ended only if asked for, or by their state."""
        wanted = EscalationFilter(
            state, priority, level, category, customer, owner, waits_for, breached, ended
        )
        async for found in self.list_with_words(wanted, limit=limit):
            yield found.line

    async def list_with_words(
        self, wanted: EscalationFilter, *, limit: int | None = None
    ) -> AsyncIterator[FoundByWords]:
        """Escalations that match, newest first, each with the words that no line of a list shows."""
        temporal = self._temporal
        async for execution in temporal.executions(wanted.query(temporal.names), limit):
            line = await make_listing(execution, temporal.names, temporal.texts)
            words = "" if line.unreadable else await temporal.texts.read(execution, contract.SEARCH_MEMO)
            yield FoundByWords(line, words)

    async def list_page(self, wanted: EscalationFilter, *, size: int, after: bytes = b"") -> ListingPage:
        """Return at most *size* escalations that match, newest first, from the place *after* which a page ended."""
        names = self._temporal.names
        executions, place = await self._temporal.execution_page(wanted.query(names), size, after)
        lines = [await make_listing(each, names, self._temporal.texts) for each in executions]
        return ListingPage(tuple(lines), place)

    async def actions(
        self,
        *,
        owner: str | None = None,
        overdue: bool = False,
        unanswered: MutableSequence[Unanswered] | None = None,
    ) -> Sequence[ToDo]:
        """
        Actions of RCAs and post-mortems that are to be done, of all escalations, the first due first (CLOSE-7).

        Escalations that cannot answer are put into *unanswered*.

        Raises:
            NotAllAnswered: If some cannot, and no such list is given.
        """
        query = f"{sa.ACTIONS.name} > 0 AND ExecutionStatus = 'Running'"
        ids = [execution.id async for execution in self._temporal.executions(query)]
        silent: MutableSequence[Unanswered] = [] if unanswered is None else unanswered
        found = list[ToDo]()
        async for id_, answer in ask_each(ids, self._view_of):
            if isinstance(answer, View):
                found += [ToDo(id_, answer.subject, action) for action in answer.actions if action.is_open]
            else:
                silent.append(Unanswered.of(id_, answer))
        if silent and unanswered is None:
            raise NotAllAnswered(silent)
        now = datetime.now(UTC)
        return sorted(
            (
                todo
                for todo in found
                if (owner is None or todo.action.owner == owner)
                and (not overdue or todo.action.is_overdue(now))
            ),
            key=lambda todo: (todo.action.due, todo.id, todo.action.number),
        )

    async def _view_of(self, key: str) -> View:
        return await self._runs.query(key, contract.VIEW, View)

    async def watch(
        self, key: str, *, every: float = 1.0
    ) -> AsyncIterator[tuple[View, tuple[TimelineEntry, ...]]]:
        """
        The view, and what is new in the timeline, each time something happened; ends when the escalation does.

        Looks every *every* seconds at the length of the history, which costs nothing, and asks only after a change.
        """
        await self._runs.require_escalation(key)
        seen, length = 0, -1
        while True:
            description = await self._runs.describe(key)
            if description.history_length != length:
                length = description.history_length
                entries = await self.timeline(key)
                if new := tuple(entry for entry in entries if entry.seq > seen):
                    seen = new[-1].seq
                    yield await self.view(key), new
            if description.status is not WorkflowExecutionStatus.RUNNING:
                return
            await asyncio.sleep(every)


def _seq(entry: TimelineEntry) -> int:
    return entry.seq
