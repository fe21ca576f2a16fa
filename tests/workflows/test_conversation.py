"""
Evidence and conversation on a real server: what is added by whom, and who gets a letter of it (TALK).
"""

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
