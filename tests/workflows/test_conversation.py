"""
Evidence and conversation on a real server: what is added by whom, and who gets a letter of it (TALK).
"""

from datetime import timedelta

import pytest

from escalation.case.request import Channel
from escalation.kernel.refusals import UnknownName
from escalation.policy.classification import AttemptOutcome, EvidenceKind
from tests.escalations import Desk
from tests.said import said

JO = "ACME:jo@acme.example"


async def test_evidence_comes_from_us_and_from_customers_until_all_is_there(desk: Desk) -> None:
    """
    TALK-1: whoever submitted it is asked, and can answer; the owner hears of each piece.
    """
    await desk.start(evidence=[])
    assert (await desk.view()).is_undocumented

    ours = await desk.client.add_evidence(
        desk.key,
        by="maya",
        evidence=EvidenceKind.ATTEMPT,
        what="Sent new pallets",
        outcome=AttemptOutcome.FAILED,
    )
    await desk.client.add_evidence(desk.key, by=JO, evidence=EvidenceKind.EMAIL, what="Our complaint of May")
    await desk.at_rest()

    assert "maya added an attempt to solve it: it failed; all evidence that was wanted is there" == said(
        ours.happened[0]
    )
    view = await desk.view()
    assert not view.is_undocumented
    assert ["attempt", "email"] == [piece.kind for piece in view.evidence]
    about = [each for each in desk.told() if each.startswith("evidence")]
    assert ["evidence_added", "evidence_added", "evidence_wanted"] == [each.split()[0] for each in about]
    assert all("jo@" not in each for each in about)


async def test_a_comment_calls_people_and_no_customer(desk: Desk) -> None:
    """
    TALK-2: people of the playbook whom the plan does not have are looked up; a slip is refused, and leaves no trace.
    """
    await desk.start()
    await desk.at_rest()
    before = len(desk.messages())

    with pytest.raises(UnknownName, match="did you mean maya"):
        await desk.client.add_comment(desk.key, by="elena", note="@mayya, look!")
    await desk.client.add_comment(desk.key, by="elena", note="@maya, @finance: who knows the depot?")
    await desk.at_rest()

    letters = desk.messages()[before:]
    told = sorted(letter.recipients[0] for letter in letters)
    assert ["finance@example.com", "maya.okafor@example.com"] == told
    assert all("who knows the depot?" in letter.text for letter in letters)
    assert 1 == (await desk.happened()).count("comment_added")


async def test_what_a_customer_says_reaches_the_owner(desk: Desk) -> None:
    """
    TALK-3: from their page, or written down by an agent.
    """
    await desk.start()
    await desk.client.acknowledge(desk.key, by="priya")
    await desk.at_rest()
    before = len(desk.messages())

    await desk.client.record_customer_message(
        desk.key, by=JO, account="ACME", text="The truck is still here", channel=Channel.PORTAL
    )
    await desk.client.record_customer_message(
        desk.key, by="maya", account="ACME", text="Now it has left", channel=Channel.PHONE
    )
    await desk.at_rest()

    letters = desk.messages()[before:]
    assert ["priya.nair@example.com"] * 2 == [letter.recipients[0] for letter in letters]
    said = "".join(letter.text for letter in letters)
    assert "The truck is still here" in said
    assert "Now it has left" in said


async def test_a_customer_reads_their_impact_the_estimate_and_who_reads_their_answer(desk: Desk) -> None:
    """
    TALK-5, TALK-6: a second estimate says that it changed, and why.
    """
    await desk.start()
    await desk.client.state_impact(desk.key, by=JO, account="ACME", impact="We cannot sell anything")
    now = await desk.now()
    text = "We look into it"
    await desk.client.send_update(desk.key, by="dewi", customer_text=text, estimate=now + timedelta(hours=4))
    await desk.client.send_update(
        desk.key,
        by="dewi",
        customer_text=text,
        estimate=now + timedelta(hours=6),
        estimate_why="The truck is late.",
    )
    await desk.at_rest()

    first, second = sorted(
        (letter for letter in desk.messages() if ":update:ACME" in letter.key),
        key=lambda letter: "The truck" in letter.text,
    )
    for letter in (first, second):
        assert "We cannot sell anything" in letter.text
        assert "+44 20 7946 0123 (Customer desk)" in letter.text
        assert "desk@support.example" in letter.text
    assert "We expect to solve it by" in first.text
    assert "as we told you before. The truck is late." in second.text


async def test_a_question_stops_the_clocks_until_the_answer(desk: Desk) -> None:
    """
    TALK-4: no answer in time: the customer is reminded once, and the owner is notified.
    """
    await desk.start()
    await desk.client.acknowledge(desk.key, by="priya")
    due_at = await desk.now() + timedelta(hours=2)
    await desk.client.ask_customer(
        desk.key, by="maya", account="ACME", text="Which pallets?", what_for="To find them.", due_at=due_at
    )
    assert "waiting_for_customer" == (await desk.view()).paused_because
    await desk.fast_forward(hours=3)

    asked = [each for each in desk.told() if "question" in each]
    assert ["customer_question jo@acme.example"] * 2 == asked[:2]
    assert {"maya.okafor@example.com", "priya.nair@example.com"} == {each.split()[1] for each in asked[2:]}

    await desk.client.answer_question(desk.key, by=JO, answer="The green ones")
    await desk.at_rest()

    view = await desk.view()
    assert (None, ()) == (view.paused_because, view.questions)
