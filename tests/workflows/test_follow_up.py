"""
A closed escalation lives on under its own id until its survey has ended and its actions are done (ADR 15).
"""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from client import ToDo
from escalation.case.lifecycle import Move, State
from escalation.case.post_mortem import PostMortem
from escalation.contract import EscalationInput
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed, UnknownName
from escalation.policy.classification import CancelCause
from tests.complaint import a_complaint
from tests.escalations import REFERENCE, Desk, desk_on_skipping_server
from tests.workflows import stages

JO = "ACME:jo@acme.example"


def a_post_mortem(owner: str = "hannah", due: str = "2000-01-31") -> PostMortem:
    """Of a day that has passed."""
    return PostMortem.model_validate(
        {
            "participants": ["elena"],
            "findings": ["Nobody looked at the weather"],
            "actions": [{"what": "Buy tarpaulins", "owner": owner, "due": due}],
        }
    )


async def closed(desk: Desk) -> str:
    """A P3 without RCA, through to its close; its id."""
    if (await desk.start(priority="P3")).is_repeat:
        raise AssertionError("a key of its own")
    await stages.verifying_by_elena(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)
    await desk.client.confirm_access(desk.key, by=JO, account="ACME")
    receipt = await desk.client.close(desk.key, by="elena")
    await desk.at_rest()
    await desk.at_rest(receipt.id)
    return receipt.id


async def status(desk: Desk, key: str) -> WorkflowExecutionStatus | None:
    return (await desk.run(key).describe()).status


async def to_do(desk: Desk, id_: str, many: int, **which: Any) -> list[ToDo]:
    """Wait until *many* actions are listed for that escalation, since lists are a moment behind, and return them."""
    async with asyncio.timeout(10):
        while many != len(found := [todo for todo in await desk.client.actions(**which) if todo.id == id_]):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return found


async def test_answers_are_taken_after_the_close_until_the_survey_ends(desk: Desk) -> None:
    """
    CLOSE-6: by key, in the view of the key, and no longer than the playbook says; the key is free meanwhile.
    """
    id_ = await closed(desk)
    assert WorkflowExecutionStatus.COMPLETED is await status(desk, desk.key)
    assert WorkflowExecutionStatus.RUNNING is await status(desk, id_)

    await desk.client.answer_survey(desk.key, by=JO, account="ACME", score=4, comment="Quick")
    view = await desk.view()
    with pytest.raises(MoveNotAllowed, match="has answered the survey already"):
        await desk.client.answer_survey(desk.key, by="dewi", account="ACME", score=1)

    assert (State.CLOSED, {JO: 4}) == (
        view.state,
        {contact: answer.score for contact, answer in view.survey.items()},
    )
    assert {Move.FILE_POST_MORTEM} <= set(view.allowed_moves)
    kinds = await desk.happened()
    assert ("opened", "closed", "survey_answered") == (
        kinds[0],
        next(kind for kind in kinds if kind == "closed"),
        kinds[-1],
    )
    await desk.env.fast_forward(desk.run(id_), timedelta(days=8))
    await desk.run(id_).result()
    with pytest.raises(MoveNotAllowed, match="cannot file post-mortem while closed; allowed now: reopen"):
        await desk.client.file_post_mortem(desk.key, by="elena", post_mortem=a_post_mortem())
    assert {JO} == set((await desk.view()).survey)


async def test_customers_are_asked_once_for_access_and_once_how_it_was(desk: Desk) -> None:
    """
    RESOLVE-6, CLOSE-6: each in a letter of its own, and nobody else is asked.
    """
    await closed(desk)

    told = desk.told()

    assert [f"{what} jo@acme.example" for what in ("access_question", "survey")] == [
        line for line in told if line.startswith(("access_question", "survey"))
    ]


async def test_actions_live_on_after_the_close_until_they_are_done(desk: Desk) -> None:
    """
    CLOSE-7: listed over all escalations, their owners reminded, done by number, though the run was continued.
    """
    begin = EscalationInput(request=a_complaint(key=desk.key, priority="P3"), continue_after=10)
    await desk.start_by_hand(begin)
    await desk.at_rest()
    await stages.verifying_by_elena(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)
    await desk.client.file_post_mortem(desk.key, by="elena", post_mortem=a_post_mortem())
    open_one = await to_do(desk, desk.key, 1, owner="hannah")
    await desk.client.confirm_access(desk.key, by=JO, account="ACME")
    id_ = (await desk.client.close(desk.key, by="elena")).id
    await desk.at_rest()
    await desk.at_rest(id_)
    await desk.fast_forward(id_, days=30)
    (todo,) = await to_do(desk, id_, 1, overdue=True)

    assert [(1, "Buy tarpaulins")] == [(each.action.number, each.action.what) for each in open_one]
    assert (1, "hannah") == (todo.action.number, todo.action.owner)
    assert [] == await to_do(desk, id_, 0, owner="kemal")
    reminders = [line for line in desk.told() if line.startswith("action_due")]
    assert 4 <= reminders.count("action_due hannah.fischer@example.com")
    with pytest.raises(RoleNotAllowed, match="roles that may: action_owner, escalation_manager"):
        await desk.client.finish_action(id_, by="maya", action=1)
    await desk.client.finish_action(id_, by="hannah", action=1)
    assert [] == await to_do(desk, id_, 0)
    await desk.run(id_).result()
    assert not (await desk.view()).actions[0].is_open


async def test_refusal_names_the_closed_one_that_may_be_meant(desk: Desk) -> None:
    """
    CLOSE-6, CLOSE-7: the key is another one's by now, and stays that one's after its end too.
    """
    id_ = await closed(desk)
    await desk.client.file_post_mortem(desk.key, by="elena", post_mortem=a_post_mortem())
    await to_do(desk, id_, 1)
    meant = f"if you mean one that is closed: {id_};"
    with pytest.raises(UnknownName, match=r"no action '9'; known: 1$"):
        await desk.client.finish_action(desk.key, by="hannah", action=9)

    await desk.start()

    with pytest.raises(MoveNotAllowed, match=meant):
        await desk.client.finish_action(desk.key, by="hannah", action=1)
    with pytest.raises(MoveNotAllowed, match=meant):
        await desk.client.answer_survey(desk.key, by=JO, account="ACME", score=4)
    await desk.client.cancel(desk.key, by="elena", why="by mistake", cause=CancelCause.WITHDRAWN)
    await desk.at_rest()
    with pytest.raises(MoveNotAllowed, match=meant):
        await desk.client.file_post_mortem(desk.key, by="elena", post_mortem=a_post_mortem())
    await desk.client.finish_action(id_, by="hannah", action=1)


async def test_a_customers_contact_moves_nothing_else(desk: Desk) -> None:
    """
    ROLE-2: also over the wire.
    """
    await desk.start()

    meant = "contacts of customers may, for their own account: confirm access, answer survey"
    with pytest.raises(RoleNotAllowed, match=meant):
        await desk.client.acknowledge(desk.key, by=JO)


async def test_an_operator_can_end_the_follow_up(desk: Desk) -> None:
    """
    CLOSE-10: a native cancel ends it; what is on record stays.
    """
    id_ = await closed(desk)

    await desk.run(id_).cancel()
    await desk.run(id_).result()

    assert State.CLOSED is (await desk.view()).state


@pytest.fixture
def reopening(tmp_path: Path) -> Path:
    """The reference playbook, by which a low score reopens."""
    playbook = tmp_path / "reopening.yaml"
    written = REFERENCE.read_text(encoding="utf-8")
    playbook.write_text(written.replace("reopens: false", "reopens: true"), encoding="utf-8")
    return playbook


@pytest.mark.asyncio(loop_scope="session")
async def test_a_low_score_opens_a_successor(reopening: Path) -> None:
    """
    CLOSE-6, CLOSE-9: it names its predecessor, and starts one level higher; the managers know.
    """
    async with desk_on_skipping_server(reopening) as desk:
        id_ = await closed(desk)
        found: dict[str, Any] = {"before": await desk.view()}
        await desk.client.answer_survey(desk.key, by=JO, account="ACME", score=1, comment="Still wet")
        await desk.at_rest(id_)
        await desk.at_rest()
        again = await desk.view()

        assert (id_, found["before"].level + 1) == (again.predecessor, again.level)
        assert again.state in {State.STARTED, State.COMMUNICATING}
        assert {"low_score elena.petrova@example.com"} <= set(desk.told())
        assert {JO} == set((await desk.view(id_)).survey)
        await desk.nothing_went_wrong()
