"""Task forces of an escalation: deployed, answered, reported on, stood down (RESOLVE-2)."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from clients.moves import Moves
from clients.queries import Queries
from clients.run_errors import RunEnded
from clients.temporal_connection import Answered, read_pages
from clients.visibility import quote
from escalation import contract
from escalation.case.moves.deploy_task_force import DeployTaskForce
from escalation.case.moves.stand_down_task_force import StandDownTaskForce
from escalation.case.view import MoveResult
from escalation.kernel.ids import split_task_force_id, task_force_id
from escalation.kernel.list_page import ListPage
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import MoveNotAllowed, UnknownEscalation, UnknownName
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import InternalText
from escalation.move_preview import MovePreview, WriteMessage, preview_in_task_force
from escalation.task_force.commands import MembersCommand
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.move_permissions import TaskForcePermission, list_permissions_in_task_force
from escalation.task_force.moves.accept_seat import AcceptSeat, DeclineSeat
from escalation.task_force.moves.add_task import AddTask
from escalation.task_force.moves.finish_task import FinishTask
from escalation.task_force.moves.leave_seat import LeaveSeat
from escalation.task_force.moves.offer_seat import OfferSeat
from escalation.task_force.moves.report_status import ReportStatus
from escalation.task_force.state import SeatRequest, TaskForce
from escalation.task_force.view import TaskForceAnswer, TaskForceView
from workflows import search_attributes as sa


class TaskForces(Moves, Queries):
    """Deploy task forces, and make moves in them."""

    async def deploy_task_force(
        self,
        key: str,
        *,
        by: str,
        name: str,
        mission: str,
        lead: str,
        seats: Sequence[SeatRequest] = (),
        technical_plan: str = "",
        status_every: timedelta | None = None,
    ) -> MoveResult:
        """Deploy one; each seat is offered to its candidates, one after the other."""
        return await self.ask(
            key,
            DeployTaskForce(
                by=by,
                name=name,
                mission=InternalText(mission),
                lead=lead,
                seats=tuple(seats),
                technical_plan=InternalText(technical_plan),
                status_every=status_every,
            ),
        )

    async def stand_down_task_force(
        self, key: str, name: str, *, by: str, why: str, hand_over_to: str | None = None
    ) -> MoveResult:
        return await self.ask(
            key, StandDownTaskForce(by=by, name=name, why=InternalText(why), hand_over_to=hand_over_to)
        )

    async def ask_task_force(
        self,
        key: str,
        name: str,
        command: MembersCommand,
        *,
        id: str | None = None,  # noqa: A002
    ) -> TaskForceAnswer:
        """
        Make the move that *command* asks for, in the task force *name* of an escalation.

        Raises:
            EscalationError: If the move is refused. Nothing has changed then.
        """
        there = task_force_id(key, name)
        try:
            return await self._runs.update(there, command.move.value, command, TaskForceAnswer, id_=id)
        except RunEnded:
            raise MoveNotAllowed(
                reason("cannot_while", command.move, TaskForceState.STOOD_DOWN),
                subject=f"{key}, task force {name}",
                allowed_moves=(),
            ) from None
        except UnknownEscalation:
            raise await self._unknown_force(key, name) from None

    async def preview_in_task_force(
        self, key: str, name: str, command: MembersCommand, write: WriteMessage | None = None
    ) -> MovePreview:
        """
        Return what *command* would do now, in the task force and by its report to the escalation; nothing has changed.

        Raises:
            EscalationError: If it would be refused.
        """
        force = await self._query_force(key, name, contract.STATE, TaskForce)
        return preview_in_task_force(force, await self.state(key), command, datetime.now(UTC), write)

    async def accept_seat(self, key: str, name: str, *, by: str, note: str = "") -> TaskForceAnswer:
        return await self.ask_task_force(key, name, AcceptSeat(by=by, note=InternalText(note)))

    async def decline_seat(self, key: str, name: str, *, by: str, why: str = "") -> TaskForceAnswer:
        return await self.ask_task_force(key, name, DeclineSeat(by=by, why=InternalText(why)))

    async def leave_seat(self, key: str, name: str, *, by: str, why: str = "") -> TaskForceAnswer:
        return await self.ask_task_force(key, name, LeaveSeat(by=by, why=InternalText(why)))

    async def offer_seat(
        self, key: str, name: str, *, by: str, seat: int, to: str | None = None
    ) -> TaskForceAnswer:
        """Offer a vacant seat again: *to* somebody, or to its candidates from the first."""
        return await self.ask_task_force(key, name, OfferSeat(by=by, seat=seat, to=to))

    async def report_status(
        self, key: str, name: str, *, by: str, text: str, is_update: bool = False
    ) -> TaskForceAnswer:
        """Report the status; *is_update*: everybody who follows the escalation is notified."""
        command = ReportStatus(by=by, text=InternalText(text), is_update=is_update)
        return await self.ask_task_force(key, name, command)

    async def add_task(
        self, key: str, name: str, *, by: str, what: str, owner: str, due_at: datetime | None = None
    ) -> TaskForceAnswer:
        command = AddTask(by=by, what=InternalText(what), owner=owner, due_at=due_at)
        return await self.ask_task_force(key, name, command)

    async def finish_task(
        self, key: str, name: str, *, by: str, task: int, note: str = ""
    ) -> TaskForceAnswer:
        return await self.ask_task_force(key, name, FinishTask(by=by, task=task, note=InternalText(note)))

    async def task_force(self, key: str, name: str) -> TaskForceView:
        """
        A task force as it is; one that was stood down as it was, while Temporal keeps it.

        Raises:
            UnknownName: If the escalation has none of this name.
        """
        return await self._query_force(key, name, contract.VIEW, TaskForceView)

    async def task_force_permissions(
        self, key: str, name: str, by: str | None
    ) -> tuple[TaskForcePermission, ...]:
        """Return each move of members, as *by* may make it now; without *by*, as somebody may."""
        force = await self._query_force(key, name, contract.STATE, TaskForce)
        return list_permissions_in_task_force(force, by)

    async def task_forces_waiting_for(self, person: str) -> AsyncIterator[tuple[str, str]]:
        """Yield the task forces that wait for a move of *person*: the key of the escalation, and the name."""
        query = (
            f"WorkflowType = '{contract.TASK_FORCE_WORKFLOW}' AND ExecutionStatus = 'Running' "
            f"AND {sa.WAITS_FOR.name} = {quote(person)}"
        )
        async for run in self._temporal.executions(query):
            yield split_task_force_id(run.id)

    async def task_force_timeline(self, key: str, name: str) -> tuple[TimelineEntry, ...]:
        """Return the timeline of a task force, oldest entry first."""
        ask = partial(self._query_force, key, name, contract.TIMELINE, ListPage[TimelineEntry])
        return await read_pages(ask, lambda entry: entry.seq)

    async def _query_force(
        self, key: str, name: str, query: str, kind: type[Answered], *given: object
    ) -> Answered:
        try:
            return await self._temporal.query_run(task_force_id(key, name), query, kind, *given)
        except UnknownEscalation:
            raise await self._unknown_force(key, name) from None

    async def _unknown_force(self, key: str, name: str) -> UnknownName | MoveNotAllowed:
        known = {force.name: force for force in (await self.view(key)).task_forces}
        if name in known and not known[name].heard:  # the escalation knows it before its own run has begun
            return MoveNotAllowed(reason("task_force_being_deployed", name), subject=key)
        return UnknownName.of(f"{key}: no task force", name, known)
