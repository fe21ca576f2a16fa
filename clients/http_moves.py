"""
Moves over HTTP: a command becomes the operation of its name. One mapping serves all, because operations are made from
the same declarations as commands.

`by` is whoever asks: the service believes it, or knows better by their key or token.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clients.http_connection import new_repeat, path_of
from clients.http_queries import HttpQueries
from clients.rebases import RebaseOutlook
from clients.sponsorships import FindPeople
from clients.starts import MoreFaults, no_more, request_of
from escalation.case.move_index import PersonsCommand
from escalation.case.request import StartRequest
from escalation.case.view import MoveResult
from escalation.kernel.values import to_plain
from escalation.measures.report_schedule import ReportSchedule, Rhythm, ScheduledReport
from escalation.move_preview import MovePreview, WriteMessage
from escalation.notifications.inbox_view import DeferredEntry
from escalation.sponsorship.move_index import PersonsCommand as SponsorshipCommand
from escalation.sponsorship.moves.propose import Propose
from escalation.sponsorship.state import Sponsorship
from escalation.task_force.commands import MembersCommand
from escalation.task_force.view import TaskForceAnswer

_NOT_SAID = ("by", "kind", "submitted_by")
"""Fields that no body has: who asks is in a header, and which move it is in the address."""


class HttpMoves(HttpQueries):
    """Start escalations, and make moves."""

    async def start(
        self,
        request: StartRequest | Mapping[str, Any],
        *,
        id: str | None = None,  # noqa: A002
        more: MoreFaults = no_more,
    ) -> MoveResult:
        wanted = request_of(request, more)
        return await self._service.post(
            "/escalations", MoveResult, _body(wanted), by=wanted.submitted_by, repeat=id
        )

    async def start_once(self, request: StartRequest | Mapping[str, Any], *, delivery: str) -> MoveResult:
        return await self.start(request, id=delivery)

    async def ask(
        self,
        key: str,
        command: PersonsCommand,
        *,
        id: str | None = None,  # noqa: A002
        read_at: datetime | None = None,  # noqa: ARG002 - the service goes by its own
    ) -> MoveResult:
        path = await self._path(key, "moves", command.move.value)
        return await self._service.post(
            path, MoveResult, _body(command), by=command.by, repeat=id or new_repeat()
        )

    async def preview(
        self,
        key: str,
        command: PersonsCommand,
        write: WriteMessage | None = None,  # noqa: ARG002 - the service has the templates
        *,
        read_at: datetime | None = None,  # noqa: ARG002
    ) -> MovePreview:
        path = await self._path(key, "moves", command.move.value, "preview")
        return await self._service.post(path, MovePreview, _body(command), by=command.by)

    async def rebase(
        self,
        key: str,
        *,
        by: str,
        why: str,
        sha256: str = "",
        issue_type: str | None = None,
        category: str | None = None,
        id: str | None = None,  # noqa: A002
    ) -> MoveResult:
        said = {"why": why, "sha256": sha256, "issue_type": issue_type, "category": category}
        path = await self._path(key, "moves", "rebase")
        return await self._service.post(path, MoveResult, said, by=by, repeat=id or new_repeat())

    async def rebase_outlook(self, key: str, issue_type: str | None, category: str | None) -> RebaseOutlook:
        """Return what a rebase to the playbook of the service would change; nothing has changed."""
        said = {"issue_type": issue_type, "category": category}
        return await self._service.post(
            await self._path(key, "moves", "rebase", "preview"), RebaseOutlook, said
        )

    async def ask_task_force(
        self,
        key: str,
        name: str,
        command: MembersCommand,
        *,
        id: str | None = None,  # noqa: A002
    ) -> TaskForceAnswer:
        path = await self._path(key, "task-forces", name, "moves", command.move.value)
        return await self._service.post(
            path, TaskForceAnswer, _body(command), by=command.by, repeat=id or new_repeat()
        )

    async def preview_in_task_force(
        self,
        key: str,
        name: str,
        command: MembersCommand,
        write: WriteMessage | None = None,  # noqa: ARG002 - the service has the templates
    ) -> MovePreview:
        path = await self._path(key, "task-forces", name, "moves", command.move.value, "preview")
        return await self._service.post(path, MovePreview, _body(command), by=command.by)

    async def preview_in_sponsorship(
        self,
        account: str,
        command: SponsorshipCommand,
        find_people: FindPeople,  # noqa: ARG002 - the service has the playbook
        write: WriteMessage | None = None,  # noqa: ARG002
    ) -> MovePreview:
        path = path_of("sponsorships", account, "moves", command.move.value, "preview")
        return await self._service.post(path, MovePreview, _body(command), by=command.by)

    async def ask_sponsorship(self, account: str, command: SponsorshipCommand) -> Sponsorship:
        path = path_of("sponsorships", account, "moves", command.move.value)
        return await self._service.post(path, Sponsorship, _body(command), by=command.by)

    async def propose_sponsorship(self, account: str, proposal: Propose) -> Sponsorship:
        return await self.ask_sponsorship(account, proposal)

    async def release(self, person: str, *, by: str) -> tuple[DeferredEntry, ...]:
        kind = tuple[DeferredEntry, ...]
        return await self._service.post("/inboxes/release", kind, {"of": person}, by=by)

    async def schedule_report(self, wanted: ReportSchedule, *, now: bool = False) -> ScheduledReport:
        said = {**to_plain(wanted), "now": now}
        return await self._service.post(
            path_of("report-schedules", said.pop("rhythm")), ScheduledReport, said
        )

    async def unschedule_report(self, rhythm: Rhythm) -> None:
        await self._service.post(
            path_of("report-schedules", rhythm, "remove"), tuple[ScheduledReport, ...], {}
        )


def _body(said: object) -> dict[str, Any]:
    fields: dict[str, Any] = to_plain(said, but_defaults=True)
    return {name: value for name, value in fields.items() if name not in _NOT_SAID}
