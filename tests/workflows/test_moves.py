"""
Moves as updates: each can be made, each refusal is complete and leaves no trace, repeats are harmless.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from client import EscalationClient
from escalation.case.action_plan import Step
from escalation.case.lifecycle import NOBODYS, Move, State
from escalation.case.moves.mark_seen import MarkSeen
from escalation.case.moves.revoke_page import RevokePage
from escalation.case.moves.send_update import SendUpdate
from escalation.case.request import Channel
from escalation.case.resolution import AccessAnswer, ResolutionKind
from escalation.kernel.reasons import term
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    NotReadyToClose,
    RoleNotAllowed,
    UnknownEscalation,
    UnknownName,
)
from escalation.kernel.values import InternalText
from escalation.policy.classification import CancelCause, EscalationReason, EvidenceKind, Priority
from messages.speaker import speaker
from runtime.errors import NoWorker
from tests.complaint import a_complaint
from tests.escalations import Desk
from tests.workflows import stages
from tests.workflows.stages import an_rca


async def test_every_move_can_be_made_through_the_client(desk: Desk) -> None:
    """
    ROLE-3: each is on record with who made it; together they reach every state there is.
    """
    client = desk.client
    steps = [Step(what=InternalText("Look at the warehouse"), owner="hannah")]
    story: list[tuple[Move, Callable[[], Awaitable[Any]], State]] = [
        (Move.ACKNOWLEDGE, lambda: client.acknowledge(desk.key, by="priya"), State.COMMUNICATING),
        (
            Move.TICK_RESPONSE,
            lambda: client.tick_response(desk.key, by="priya", response="1"),
            State.COMMUNICATING,
        ),
        (
            Move.REPORT_TRIGGER,
            lambda: client.report_trigger(desk.key, by="priya", trigger="solution_failed"),
            State.COMMUNICATING,
        ),
        (
            Move.RAISE_LEVEL,
            lambda: client.raise_level(desk.key, by="jonas", reason=EscalationReason.LACK_OF_AUTHORITY),
            State.COMMUNICATING,
        ),
        (Move.TRANSFER, lambda: client.transfer(desk.key, by="sofia", to="finance"), State.COMMUNICATING),
        (
            Move.CHANGE_PRIORITY,
            lambda: client.change_priority(desk.key, by="elena", priority=Priority.P2),
            State.COMMUNICATING,
        ),
        (
            Move.PAUSE,
            lambda: client.pause(desk.key, by="elena", because="waiting_for_customer"),
            State.COMMUNICATING,
        ),
        (Move.RESUME, lambda: client.resume(desk.key, by="elena"), State.COMMUNICATING),
        (Move.NUDGE_OWNER, lambda: client.nudge_owner(desk.key, by="elena"), State.COMMUNICATING),
        (
            Move.ADD_COMMENT,
            lambda: client.add_comment(desk.key, by="maya", note="@priya?"),
            State.COMMUNICATING,
        ),
        (Move.MARK_SEEN, lambda: client.ask(desk.key, MarkSeen(by="priya")), State.COMMUNICATING),
        (
            Move.RECORD_CUSTOMER_MESSAGE,
            lambda: client.record_customer_message(
                desk.key, by="maya", account="ACME", text="We are waiting", channel=Channel.PHONE
            ),
            State.COMMUNICATING,
        ),
        (
            Move.ASK_CUSTOMER,
            lambda: client.ask_customer(
                desk.key,
                by="maya",
                account="ACME",
                text="Which pallets?",
                what_for="To find the truck.",
                due_at=datetime(2100, 1, 1, tzinfo=UTC),
            ),
            State.COMMUNICATING,
        ),
        (
            Move.ANSWER_QUESTION,
            lambda: client.answer_question(desk.key, by="maya", answer="All of them"),
            State.COMMUNICATING,
        ),
        (
            Move.STATE_IMPACT,
            lambda: client.state_impact(desk.key, by="maya", account="ACME", impact="We cannot sell"),
            State.COMMUNICATING,
        ),
        (
            Move.ADD_EVIDENCE,
            lambda: client.add_evidence(desk.key, by="maya", evidence=EvidenceKind.CALL, what="They called"),
            State.COMMUNICATING,
        ),
        (
            Move.SEND_UPDATE,
            lambda: client.send_update(desk.key, by="dewi", customer_text="We look into it"),
            State.COMMUNICATING,
        ),
        (Move.BEGIN_RESOLUTION, lambda: client.begin_resolution(desk.key, by="elena"), State.RESOLVING),
        (Move.REVISE_PLAN, lambda: client.revise_plan(desk.key, by="elena", steps=steps), State.RESOLVING),
        (
            Move.CORRECT_CONTACT,
            lambda: client.correct_contact(desk.key, by="elena", contact="jo@acme.example", name="Jo B."),
            State.RESOLVING,
        ),
        (
            Move.REVOKE_PAGE,
            lambda: client.ask(desk.key, RevokePage(by="elena", contact="jo@acme.example")),
            State.RESOLVING,
        ),
        (
            Move.DEPLOY_TASK_FORCE,
            lambda: client.deploy_task_force(
                desk.key, by="elena", name="roof", mission="Find the leak", lead="hannah"
            ),
            State.RESOLVING,
        ),
        (
            Move.STAND_DOWN_TASK_FORCE,
            lambda: client.stand_down_task_force(desk.key, "roof", by="hannah", why="Found"),
            State.RESOLVING,
        ),
        (
            Move.DECLARE_RESOLVED,
            lambda: client.declare_resolved(
                desk.key, by="elena", resolution=ResolutionKind.WORKAROUND, done="Sent"
            ),
            State.VERIFYING,
        ),
        (
            Move.REJECT_RESOLUTION,
            lambda: client.reject_resolution(desk.key, by="aisha", why="Still wet"),
            State.RESOLVING,
        ),
        (
            Move.DECLARE_RESOLVED,
            lambda: client.declare_resolved(
                desk.key, by="elena", resolution=ResolutionKind.FIX, done="Dried"
            ),
            State.VERIFYING,
        ),
        (Move.VERIFY_RESOLUTION, lambda: client.verify_resolution(desk.key, by="aisha"), State.CLOSING),
        (Move.REOPEN, lambda: client.reopen(desk.key, by="dewi", why="Wet again"), State.RESOLVING),
        (
            Move.DECLARE_RESOLVED,
            lambda: client.declare_resolved(
                desk.key, by="elena", resolution=ResolutionKind.FIX, done="Dry now"
            ),
            State.VERIFYING,
        ),
        (Move.VERIFY_RESOLUTION, lambda: client.verify_resolution(desk.key, by="aisha"), State.CLOSING),
        (
            Move.CONFIRM_ACCESS,
            lambda: client.confirm_access(desk.key, by="dewi", account="ACME", answer=AccessAnswer.WAIVED),
            State.CLOSING,
        ),
        (
            Move.SETTLE_TICKET,
            lambda: client.settle_ticket(desk.key, by="kemal", record="PRB-1", stays_open_because="Roof"),
            State.CLOSING,
        ),
        (Move.FILE_RCA, lambda: client.file_rca(desk.key, by="kemal", rca=an_rca()), State.CLOSING),
        (Move.DERIVE_RCA, lambda: client.derive_rca(desk.key, by="kemal"), State.CLOSING),
        (
            Move.SEND_BACK_RCA,
            lambda: client.send_back_rca(desk.key, by="elena", why="Name the day"),
            State.CLOSING,
        ),
        (Move.DERIVE_RCA, lambda: client.derive_rca(desk.key, by="kemal"), State.CLOSING),
        (Move.APPROVE_RCA, lambda: client.approve_rca(desk.key, by="elena"), State.CLOSING),
        (Move.SHARE_RCA, lambda: client.share_rca(desk.key, by="dewi"), State.CLOSING),
        (
            Move.REQUEST_RCA,
            lambda: client.request_rca(desk.key, by="chloe", note="In more detail"),
            State.CLOSING,
        ),
        (Move.WAIVE_RCA, lambda: client.waive_rca(desk.key, by="elena", why="Chloe agreed"), State.CLOSING),
        (Move.CLOSE, lambda: client.close(desk.key, by="elena"), State.CLOSED),
    ]
    await desk.start(linked_tickets=["PRB-1"])
    await desk.start(f"{desk.key}-2")
    await desk.start(f"{desk.key}-3")

    for move, make, state in story:
        receipt = await make()
        assert state == receipt.state, move
        assert receipt.happened, move
    cancelled = await client.cancel(
        f"{desk.key}-2", by="elena", why="Twice", cause=CancelCause.DUPLICATE, into=f"{desk.key}-3"
    )

    assert State.CANCELLED == cancelled.state
    made = {move for move, _, _ in story} | {Move.CANCEL}
    # a rebase needs another playbook, and here texts for customers need no approval
    beside = {*NOBODYS, Move.REBASE, Move.APPROVE_TEXT, Move.EDIT_TEXT, Move.REJECT_TEXT}
    after_the_close = {Move.ANSWER_SURVEY, Move.FILE_POST_MORTEM, Move.FINISH_ACTION}  # test_follow_up
    assert beside | after_the_close == set(Move) - made


Refused = tuple[Callable[[EscalationClient, str], Awaitable[Any]], type[EscalationError], str]
REFUSED: tuple[Refused, ...] = (
    # by role (ROLE-2)
    (lambda c, key: c.acknowledge(key, by="maya"), RoleNotAllowed, "roles that may: owner"),
    # by state, or what else stands in the way
    (
        lambda c, key: c.verify_resolution(key, by="aisha"),
        MoveNotAllowed,
        "while communicating; allowed now:",
    ),
    (lambda c, key: c.close(key, by="elena"), MoveNotAllowed, "while communicating"),
    (lambda c, key: c.resume(key, by="priya"), MoveNotAllowed, "not paused"),
    (lambda c, key: c.change_priority(key, by="elena", priority=Priority.P1), MoveNotAllowed, "already has"),
    # by a name that this escalation does not have
    (lambda c, key: c.acknowledge(key, by="nobody"), UnknownName, "known: "),
    (lambda c, key: c.report_trigger(key, by="priya", trigger="rain"), UnknownName, "solution_failed"),
    (lambda c, key: c.tick_response(key, by="priya", response="9"), UnknownName, "2.1 try a solution"),
    (lambda c, key: c.transfer(key, by="priya", to="nobody"), UnknownName, "known: "),
    (lambda c, key: c.pause(key, by="priya", because="lunch"), UnknownName, "waiting_for_customer"),
    (
        lambda c, key: c.raise_level(key, by="priya", reason=EscalationReason.OTHER, to_level=9),
        UnknownName,
        "1 to 7",
    ),
    (lambda c, key: c.settle_ticket(key, by="priya", record="INC-9"), UnknownName, "known: INC-1"),
    # by sense
    (lambda c, key: c.send_update(key, by="priya"), BadRequest, "customer_text"),
)


async def test_a_refused_move_says_why_and_leaves_no_trace(desk: Desk) -> None:
    """
    A refusal names the case, the obstacle and the way out; not one event more is in the history.
    """
    await desk.start(linked_tickets=["INC-1"])
    await desk.at_rest()
    before = await desk.events_in_history()

    for move, refusal, says in REFUSED:
        with pytest.raises(refusal, match=re.escape(says)) as refused:
            await move(desk.client, desk.key)
        assert type(refused.value) is refusal

    await desk.at_rest()
    assert before == await desk.events_in_history()


async def test_the_close_is_refused_with_all_that_is_missing(desk: Desk) -> None:
    """
    CLOSE-8: the complete list, as its own kind of refusal.
    """
    await desk.start(linked_tickets=["PRB-1"])
    await stages.resolving(desk.client, desk.key)
    await stages.verifying(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)

    with pytest.raises(NotReadyToClose) as refused:
        await desk.client.close(desk.key, by="elena")

    for missing in ("access of ACME", "PRB-1", "the RCA is requested"):
        assert missing in str(refused.value)


async def test_moves_on_unknown_and_ended_keys_are_refused_clearly(desk: Desk) -> None:
    """
    Bad input: a key that nobody knows, and one whose escalation is over, are two different sentences.
    """
    with pytest.raises(UnknownEscalation, match="no escalation 'ACME/0' is known here"):
        await desk.client.acknowledge("ACME/0", by="priya")
    with pytest.raises(UnknownEscalation):
        await desk.view("ACME/0")
    await desk.start()
    await stages.whole_life(desk.client, desk.key)
    await desk.run().result()

    with pytest.raises(MoveNotAllowed, match="cannot acknowledge while closed; allowed now: ") as by_key:
        await desk.client.acknowledge(desk.key, by="priya")
    view = await desk.view()
    with pytest.raises(MoveNotAllowed) as by_id:
        await desk.client.acknowledge(view.id, by="priya")

    allowed = ", ".join(speaker().say(term(move)) for move in view.allowed_moves)
    assert (
        "answer survey, file post-mortem, finish action, correct contact, revoke page link, reopen" == allowed
    )
    assert (
        allowed == str(by_key.value).partition("allowed now: ")[2] == str(by_id.value).partition("now: ")[2]
    )
    assert State.CLOSED == view.state
    await desk.client.reopen(view.id, by="elena", why="It is back")
    assert view.id == (await desk.view()).predecessor


async def test_a_move_that_the_end_overtakes_is_told_of_the_end(desk: Desk) -> None:
    """
    A move that waits when its run ends says so: its key is one that people know.
    """
    unattended = EscalationClient(desk.temporal, task_queue="nobody-works-here", patience=0.5)
    with pytest.raises(NoWorker):
        await unattended.start(a_complaint(key=desk.key))

    waits = asyncio.create_task(desk.client.acknowledge(desk.key, by="maya"))
    await asyncio.sleep(1)  # until it waits at the server, which shows that to nobody
    await desk.run().terminate()

    with pytest.raises(MoveNotAllowed, match="cannot acknowledge while terminated"):
        await waits


MALFORMED: tuple[tuple[list[Any], set[str]], ...] = (
    ([{}], {"by", "reason"}),
    ([{"by": "", "reason": "whim", "to_level": "up", "nots": "x"}], {"by", "reason", "to_level", "nots"}),
    (["priya"], {""}),
    ([b"\xff"], {""}),
    ([], {""}),
    ([{"by": "priya", "reason": "other"}, 2], {""}),
)


async def test_a_malformed_update_is_answered_with_every_fault(desk: Desk) -> None:
    """
    Whoever writes JSON by hand in the Web UI reads all that is wrong at once.
    """
    await desk.start()
    await desk.at_rest()
    before = await desk.events_in_history()

    for payload, wheres in MALFORMED:
        with pytest.raises(WorkflowUpdateFailedError) as failed:
            await desk.run().execute_update("raise_level", args=payload)
        assert isinstance(failed.value.cause, BadRequest)
        assert wheres == {fault.where for fault in failed.value.cause.faults}

    assert before == await desk.events_in_history()


async def test_a_refusal_crosses_the_wire_without_a_stack_trace(desk: Desk) -> None:
    """
    The Web UI shows the message and the trace; of a refusal there is nothing to trace.
    """
    await desk.start()
    with pytest.raises(MoveNotAllowed) as refused:
        await desk.client.verify_resolution(desk.key, by="aisha")

    assert isinstance(refused.value.__cause__, WorkflowUpdateFailedError)
    assert "Traceback" not in str(refused.value)
    assert "File " not in str(refused.value)


async def test_a_repeated_update_is_followed_once(desk: Desk) -> None:
    """
    A caller that did not hear the answer asks again with the same id: one event, and no second message.
    """
    await desk.start()
    command = SendUpdate.model_validate({"by": "priya", "customer_text": "Soon"})
    first = await desk.client.ask(desk.key, command, id="call-1")
    again = await asyncio.gather(*(desk.client.ask(desk.key, command, id="call-1") for _ in range(3)))

    assert [first] * 3 == again
    assert 1 == (await desk.happened()).count("update_sent")
    await desk.at_rest()
    assert 1 == desk.told().count("update jo@acme.example")


async def test_an_update_moves_and_answers_in_few_events(desk: Desk) -> None:
    """
    A move that tells nobody costs one update: five events at most, and those of its timer.
    """
    await desk.start()
    await desk.at_rest()
    before = len(await desk.events_in_history())

    await desk.client.tick_response(desk.key, by="priya", response="1")
    await desk.at_rest()

    added = (await desk.events_in_history())[before:]
    assert 5 >= len(added), added
