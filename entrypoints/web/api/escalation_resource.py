"""
Escalations: started, listed, and looked at.
"""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from client import Diagram, EscalationFilter, EscalationListing
from entrypoints.web.api.api_visit import API, ONE, CurrentVisit, KeyInPath
from entrypoints.web.api.command_body import body_of, read_command
from entrypoints.web.api.idempotency import IdempotencyKey, repeat_id
from entrypoints.web.api.list_cursors import DEFAULT_LIMIT, Cursor, Limit, Page
from entrypoints.web.api.problems import LOOKING, MOVING
from escalation.case.action_plan import ActionPlan
from escalation.case.deliveries import Delivery, SentMessage
from escalation.case.lifecycle import State
from escalation.case.request import StartRequest
from escalation.case.view import MoveResult, View
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import Name
from escalation.notifications.notification import CustomerFacts
from escalation.policy.classification import Priority
from escalation.policy.people import Contact

router = APIRouter(tags=["escalations"], responses=LOOKING)


@router.get("/escalations", response_model=Page[EscalationListing])
async def list_escalations(
    visit: CurrentVisit,
    state: Annotated[State | None, Query(description="Only in this state.")] = None,
    priority: Annotated[Priority | None, Query(description="Only of this priority.")] = None,
    level: Annotated[int | None, Query(ge=1, le=100, description="Only at this level.")] = None,
    category: Annotated[Name | None, Query(description="Only of this category.")] = None,
    customer: Annotated[Name | None, Query(description="Only of this account.")] = None,
    owner: Annotated[Name | None, Query(description="Only with this owner, by id.")] = None,
    waits_for: Annotated[
        Name | None, Query(description="Only those whose next step is this person's.")
    ] = None,
    breached: Annotated[bool | None, Query(description="Only with, or without, a missed target.")] = None,
    ended: Annotated[bool, Query(description="List those that have ended, too.")] = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List escalations, newest first."""
    wanted = EscalationFilter(state, priority, level, category, customer, owner, waits_for, breached, ended)
    cursors, of = visit.service.cursors, f"escalations {wanted}"
    after = bytes.fromhex(cursors.read(of, cursor))
    found = await visit.client.list_page(wanted, size=limit, after=after)
    going_on = cursors.write(of, found.next.hex()) if found.next else None
    return visit.answer(Page(items=found.items, next=going_on))


StartBody = body_of(StartRequest, "start")


@router.post(
    "/escalations",
    status_code=201,
    response_model=MoveResult,
    responses=MOVING
    | {200: {"model": MoveResult, "description": "It runs already, or was started by this request."}},
)
async def start_escalation(
    visit: CurrentVisit,
    said: StartBody,  # type: ignore[valid-type]
    repeat: IdempotencyKey = None,
) -> Response:
    """
    Start one, submitted by whoever asks, or find the one that runs for the same key.

    With an `Idempotency-Key` a repeat opens nothing even after the escalation has ended.
    """
    wanted = read_command(StartRequest, said, submitted_by=visit.person)
    visit.require_accounts(customer.account for customer in wanted.customers)
    id_ = repeat_id(visit, repeat, "start", said)
    result = await (visit.client.start_once(wanted, delivery=id_) if id_ else visit.client.start(wanted))
    at = f"{API}/escalations/{quote(result.key)}"
    return visit.answer(result, 200 if result.is_repeat else 201, {"Location": at})


@router.get(ONE, response_model=View)
async def show_escalation(visit: CurrentVisit, key: KeyInPath) -> Response:
    """Show one as it is; an ended one as it was, for as long as it is kept."""
    return visit.answer(await visit.client.view(key))


@router.get(ONE + "/timeline", response_model=Page[TimelineEntry])
async def show_timeline(
    visit: CurrentVisit, key: KeyInPath, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = ""
) -> Response:
    """Show what happened, oldest first."""
    found, cursors = await visit.client.timeline(key), visit.service.cursors
    return visit.answer(cursors.page_after(f"timeline {key}", found, cursor, limit, lambda entry: entry.seq))


@router.get(ONE + "/messages", response_model=Page[Delivery])
async def show_messages(
    visit: CurrentVisit, key: KeyInPath, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = ""
) -> Response:
    """Show each message and what became of it, oldest first."""
    numbered, cursors = tuple(enumerate(await visit.client.messages(key))), visit.service.cursors
    page = cursors.page_after(f"messages {key}", numbered, cursor, limit, lambda each: each[0])
    return visit.answer(Page(items=tuple(message for _, message in page.items), next=page.next))


@router.get(ONE + "/messages/{message}", response_model=SentMessage)
async def show_message(
    visit: CurrentVisit, key: KeyInPath, message: Annotated[str, Path(description="The `id` of a message.")]
) -> Response:
    """Show one message in the words of its recipient, as today's templates write it, without its links."""
    return visit.answer(await visit.client.message(key, message, visit.service.samples.write))


@router.get(ONE + "/action-plans", response_model=tuple[ActionPlan, ...])
async def show_action_plans(visit: CurrentVisit, key: KeyInPath) -> Response:
    """Show each version of the action plan, oldest first."""
    return visit.answer(await visit.client.action_plans(key))


@router.get(ONE + "/script", response_model=CustomerFacts)
async def show_script(visit: CurrentVisit, key: KeyInPath) -> Response:
    """Show what agents may tell customers now, and nothing else."""
    return visit.answer(await visit.client.script(key))


@router.get(ONE + "/diagram", response_model=Diagram)
async def show_diagram(visit: CurrentVisit, key: KeyInPath) -> Response:
    """Show the lifecycle as a Mermaid diagram, with the state that it is in marked."""
    return visit.answer(Diagram(mermaid=await visit.client.diagram(key)))


@router.get(ONE + "/people", response_model=tuple[Contact, ...])
async def show_people(visit: CurrentVisit, key: KeyInPath) -> Response:
    """Show the people, teams and rotas that its plan knows."""
    return visit.answer(await visit.client.people(key))
