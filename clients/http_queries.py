"""
Queries over HTTP: each is one operation of the API. The service finds the run that answers; nothing is known here.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableSequence, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeVar

from clients.escalation_runs import MOST_LOOKED_AT, unknown_among
from clients.http_connection import NOTHING, path_of
from clients.http_part import HttpPart
from clients.parallel_queries import NotAllAnswered, Unanswered
from clients.queries import ToDo
from clients.sponsorships import FindPeople
from clients.visibility import EscalationFilter, EscalationListing
from escalation import contract
from escalation.case.action_plan import ActionPlan
from escalation.case.deliveries import Delivery, SentMessage
from escalation.case.follow_up_actions import Action
from escalation.case.lifecycle import State
from escalation.case.move_permissions import MovePermission
from escalation.case.rca_on_file import RcaOnFile
from escalation.case.view import View
from escalation.kernel.ids import is_of_escalation
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import frozen, to_plain
from escalation.measures.report_schedule import ScheduledReport
from escalation.move_preview import Consequence, WriteMessage
from escalation.notifications.inbox_view import DeferredEntry
from escalation.notifications.notification import CustomerFacts
from escalation.policy.classification import Priority
from escalation.policy.people import Contact
from escalation.sponsorship.move_permissions import SponsorshipPermission
from escalation.sponsorship.state import Sponsorship
from escalation.task_force.move_permissions import TaskForcePermission
from escalation.task_force.view import TaskForceView

if TYPE_CHECKING:
    from planning.forecast.simulation import AnswerOnCall


_Silent = list[Unanswered]
_Answer = TypeVar("_Answer")


@frozen
class CallerView:
    """Whoever asks, as the service knows them."""

    person: str | None
    mode: str
    """`open`: whoever calls is believed; `signed_in`: they have shown who they are."""


@frozen
class SignInPlace:
    """The place where programs sign people in; nothing, where people do not sign in, or programs cannot."""

    issuer: str | None
    client_id: str | None
    verified_claim: str
    """The claim that says that an e-mail address is verified."""


@frozen
class KnownNames:
    """Names that are known before an escalation has them."""

    accounts: tuple[str, ...]
    people: tuple[str, ...]
    """People, teams and rotas of the playbook; none, if it cannot be read."""
    playbook: str
    """The name of its file."""


@frozen
class StalledRun:
    """A run whose next step fails again and again."""

    key: str
    why: str


@frozen
class ActionToDo:
    """An action that is still to be done."""

    id: str
    """The key of its escalation, or the id of a closed one."""
    subject: str
    action: Action


@frozen
class ActionsToDo:
    """Actions, the first due first, and the escalations that could not answer."""

    items: tuple[ActionToDo, ...]
    unanswered: dict[str, str] = field(default_factory=dict)
    """By the id of an escalation: why it cannot answer."""


@frozen
class Diagram:
    """A drawing as text."""

    mermaid: str


class HttpQueries(HttpPart):
    """Look at escalations, task forces, sponsorships and inboxes."""

    async def read(self, path: str, kind: type[_Answer], query: Mapping[str, Any] = NOTHING) -> _Answer:
        """Return what is at *path* of the API: for what has no method, because its kind is not known here."""
        return await self._service.get(path, kind, query)

    async def recorded(self, key: str) -> Sequence[dict[str, Any]]:
        """Return what is on record of *key*, every escalation that it had."""
        found = await self._service.get(await self._path(key, "record"), tuple[dict[str, Any], ...])
        return [_without_texts(each) for each in found]

    async def caller(self) -> CallerView:
        """Return who asks, as the service knows them."""
        return await self._service.get("/me", CallerView)

    async def sign_in_place(self) -> SignInPlace:
        """Return where somebody who types commands signs in."""
        return await self._service.get("/sign-in", SignInPlace)

    async def known_names(self) -> KnownNames:
        """Return the accounts and the people that the service knows."""
        return await self._service.get("/known-names", KnownNames)

    async def ping(self) -> None:
        await self.caller()

    async def view(self, key: str) -> View:
        return await self._service.get(await self._path(key), View)

    async def permissions(self, key: str, by: str | None) -> tuple[MovePermission, ...]:
        path = await self._path(key, "moves")
        return await self._service.get(path, tuple[MovePermission, ...], by=by or "")

    async def outlook(
        self,
        key: str,
        *,
        hours: int | None = None,
        on_call: "AnswerOnCall | None" = None,  # noqa: ARG002 - the service looks up who is on call
    ) -> tuple[Consequence, ...]:
        ahead = {"whole": "true"} if hours is None else {"hours": hours}
        return await self._service.get(await self._path(key, "forecast"), tuple[Consequence, ...], ahead)

    async def timeline(self, key: str) -> tuple[TimelineEntry, ...]:
        pages = self._service.pages(await self._path(key, "timeline"), TimelineEntry)
        return tuple([entry async for entry in pages])

    async def messages(self, key: str) -> tuple[Delivery, ...]:
        pages = self._service.pages(await self._path(key, "messages"), Delivery)
        return tuple([delivery async for delivery in pages])

    async def message(
        self,
        key: str,
        id_: str,
        write: WriteMessage,  # noqa: ARG002 - the service has the templates
    ) -> SentMessage:
        return await self._service.get(await self._path(key, "messages", id_), SentMessage)

    async def action_plans(self, key: str) -> tuple[ActionPlan, ...]:
        return await self._service.get(await self._path(key, "action-plans"), tuple[ActionPlan, ...])

    async def script(self, key: str) -> CustomerFacts:
        return await self._service.get(await self._path(key, "script"), CustomerFacts)

    async def people(self, key: str) -> tuple[Contact, ...]:
        return await self._service.get(await self._path(key, "people"), tuple[Contact, ...])

    async def diagram(self, key: str) -> str:
        return (await self._service.get(await self._path(key, "diagram"), Diagram)).mermaid

    async def rca_on_file(self, key: str, version: int | None = None) -> RcaOnFile:
        return await self._service.get(await self._path(key, "rca"), RcaOnFile, {"version": version})

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
        wanted = EscalationFilter(
            state, priority, level, category, customer, owner, waits_for, breached, ended
        )
        query = to_plain(wanted._asdict())
        async for row in self._service.pages("/escalations", EscalationListing, query, limit):
            yield row

    async def actions(
        self,
        *,
        owner: str | None = None,
        overdue: bool = False,
        unanswered: MutableSequence[Unanswered] | None = None,
    ) -> Sequence[ToDo]:
        found = await self._service.get("/actions", ActionsToDo, {"owner": owner, "overdue": overdue})
        silent = [Unanswered(key, why) for key, why in found.unanswered.items()]
        if silent and unanswered is None:
            raise NotAllAnswered(silent)
        if unanswered is not None:
            unanswered.extend(silent)
        return [ToDo(each.id, each.subject, each.action) for each in found.items]

    async def watch(
        self, key: str, *, every: float = 1.0
    ) -> AsyncIterator[tuple[View, tuple[TimelineEntry, ...]]]:
        """As directly, at the pace of the service. A lost stream is asked for again after *every* seconds."""
        path, seen = await self._path(key, "events"), 0
        while True:
            async for entries in self._service.events(path, TimelineEntry, seen):
                seen = entries[-1].seq
                yield await self.view(key), entries
            if (await self.view(key)).ended_at:
                return
            await asyncio.sleep(every)

    async def task_force(self, key: str, name: str) -> TaskForceView:
        return await self._service.get(await self._path(key, "task-forces", name), TaskForceView)

    async def task_force_permissions(
        self, key: str, name: str, by: str | None
    ) -> tuple[TaskForcePermission, ...]:
        path = await self._path(key, "task-forces", name, "moves")
        return await self._service.get(path, tuple[TaskForcePermission, ...], by=by or "")

    async def task_force_timeline(self, key: str, name: str) -> tuple[TimelineEntry, ...]:
        path = await self._path(key, "task-forces", name, "timeline")
        return tuple([entry async for entry in self._service.pages(path, TimelineEntry)])

    async def sponsorship(self, account: str) -> Sponsorship:
        return await self._service.get(path_of("sponsorships", account), Sponsorship)

    async def sponsorship_permissions(
        self,
        account: str,
        by: str | None,
        find_people: FindPeople,  # noqa: ARG002 - the service has the playbook
    ) -> tuple[SponsorshipPermission, ...]:
        path = path_of("sponsorships", account, "moves")
        return await self._service.get(path, tuple[SponsorshipPermission, ...], by=by or "")

    async def sponsorship_timeline(self, account: str) -> tuple[TimelineEntry, ...]:
        path = path_of("sponsorships", account, "timeline")
        return tuple([entry async for entry in self._service.pages(path, TimelineEntry)])

    async def sponsorships(
        self, unanswered: _Silent | None = None
    ) -> AsyncIterator[contract.SponsorshipListing]:
        listed = tuple[contract.SponsorshipListing, ...]
        for line in await self._service.get("/sponsorships", listed):
            yield line
        if unanswered is not None:
            stalled = await self._service.get(
                "/stalled", tuple[StalledRun, ...], {"kind": contract.SPONSORSHIP}
            )
            unanswered += [Unanswered(each.key, each.why) for each in stalled]

    async def inbox(self, person: str) -> tuple[DeferredEntry, ...]:
        return await self._service.post("/inboxes/look-up", tuple[DeferredEntry, ...], {"of": person})

    async def has_inbox(self, person: str) -> bool:
        return bool(await self.inbox(person))

    async def scheduled_reports(self) -> tuple[ScheduledReport, ...]:
        return await self._service.get("/report-schedules", tuple[ScheduledReport, ...])

    async def _require_form(self, key: str) -> None:
        if not is_of_escalation(key):
            raise unknown_among(key, [row.key async for row in self.list(limit=MOST_LOOKED_AT)])


def _without_texts(plain: Any) -> Any:
    """Return *plain* data without the `text` that the API puts into each reason."""
    if isinstance(plain, list):
        return [_without_texts(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    is_reason = plain.get("kind") == "reason"
    return {name: _without_texts(each) for name, each in plain.items() if not (is_reason and name == "text")}
