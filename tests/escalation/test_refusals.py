"""
Refusals: what stands in the way, and what is allowed instead.
"""

from collections.abc import Callable

import pytest

from escalation.case import commands as c
from escalation.case.action_plan import Step
from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.derive_rca import DeriveRca
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.case.moves.share_rca import ShareRca
from escalation.case.moves.transfer import Transfer
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.moves.waive_rca import WaiveRca
from escalation.case.rca_content import CorrectiveAction
from escalation.case.resolution import AccessAnswer
from escalation.case.state import Escalation
from escalation.case.system_events import MoveRefused
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    NotReadyToClose,
    RoleNotAllowed,
    UnknownName,
)
from escalation.kernel.values import CustomerText, InternalText, to_json
from escalation.notifications.system_commands import NoteRefusal
from escalation.policy.classification import CancelCause, Priority
from tests.builders import (
    DECLARE,
    VERIFY,
    a_plan,
    after,
    an_acknowledged,
    an_escalation,
    an_rca,
    monday,
    one_in,
    the,
)
from tests.said import said

WHY = InternalText("because")


def refusal(escalation: Escalation, command: c.Command) -> EscalationError:
    """Return the answer to *command*, ten minutes after the start."""
    with pytest.raises(EscalationError) as refused:
        decide(escalation, command, monday("09:10"))
    return refused.value


_STEP = Step(what=InternalText("call"), owner="mallory")
_ACTION = CorrectiveAction(what=InternalText("mend"), owner="mallory", due=monday("09:00").date())

REFUSALS: list[tuple[str, Callable[[], Escalation], c.Command, type[EscalationError], str]] = [
    (
        "the state forbids it",
        lambda: one_in(State.CLOSING),
        DECLARE,
        MoveNotAllowed,
        "cannot declare resolved while closing; allowed now: reopen, cancel, send update, confirm access, request RCA",
    ),
    (
        "it has ended",
        lambda: one_in(State.CLOSED),
        Reopen(by="ed", why=WHY),
        MoveNotAllowed,
        "cannot reopen while closed; allowed now: nothing, it has ended",
    ),
    (
        "somebody has it",
        an_acknowledged,
        Acknowledge(by="ben"),
        MoveNotAllowed,
        "cannot acknowledge because ana has acknowledged; allowed now: begin resolution, ",
    ),
    (
        "there is no RCA",
        lambda: one_in(State.CLOSING),
        FileRca(by="cora", rca=an_rca()),
        MoveNotAllowed,
        "cannot file RCA because no RCA is requested; allowed now: ",
    ),
    (
        "the RCA is not that far",
        lambda: one_in(State.CLOSING, priority="P2"),
        ShareRca(by="eva"),
        MoveNotAllowed,
        "cannot share RCA while the RCA is requested; allowed now: ",
    ),
    (
        "the RCA is requested already",
        lambda: one_in(State.CLOSING, priority="P2"),
        RequestRca(by="eva"),
        MoveNotAllowed,
        "cannot request RCA while the RCA is requested; allowed now: ",
    ),
    (
        "the RCA comes later",
        lambda: one_in(State.RESOLVING, priority="P2"),
        FileRca(by="cora", rca=an_rca()),
        MoveNotAllowed,
        "cannot file RCA while resolving; allowed now: ",
    ),
    (
        "the playbook wants the RCA",
        lambda: one_in(State.CLOSING, priority="P2", plan=a_plan(rca_waivable=False)),
        WaiveRca(by="ed", why=WHY),
        MoveNotAllowed,
        "cannot waive RCA because the playbook does not allow it; allowed now: ",
    ),
    (
        "it is the last level",
        lambda: an_escalation(level=7),
        RaiseLevel(by="ceo", reason="other"),  # type: ignore[arg-type]
        MoveNotAllowed,
        "cannot raise level because level 7 is the last; allowed now: ",
    ),
    (
        "that level is below",
        lambda: an_escalation(level=3),
        RaiseLevel(by="max", reason="other", to_level=2),  # type: ignore[arg-type]
        MoveNotAllowed,
        "level 2 is not above level 3",
    ),
    (
        "no such level",
        an_escalation,
        RaiseLevel(by="ana", reason="other", to_level=9),  # type: ignore[arg-type]
        UnknownName,
        "unknown level 9; known: 1 to 7",
    ),
    (
        "it is that priority",
        an_escalation,
        ChangePriority(by="ed", priority=Priority.P3),
        MoveNotAllowed,
        "it already has priority P3",
    ),
    ("it is theirs", an_escalation, Transfer(by="ed", to="ana"), MoveNotAllowed, "Ana already owns it"),
    (
        "no such team",
        an_escalation,
        Transfer(by="ana", to="it"),
        UnknownName,
        "unknown person 'it'; known: ",
    ),
    (
        "a slip of a name",
        an_escalation,
        Transfer(by="ana", to="maxx"),
        UnknownName,
        "; did you mean max?",
    ),
    (
        "no such step owner",
        an_escalation,
        RevisePlan(by="ana", steps=(_STEP,)),
        UnknownName,
        "unknown person 'mallory'; known: ",
    ),
    (
        "no such action owner",
        lambda: one_in(State.CLOSING, priority="P2"),
        FileRca(by="cora", rca=an_rca(corrective_actions=(_ACTION,))),
        BadRequest,
        "corrective_actions.0.owner: given 'mallory'; allowed: ",
    ),
    (
        "no such reason to pause",
        an_escalation,
        PauseClocks(by="ana", because="lunch"),
        UnknownName,
        "unknown pause reason 'lunch'; known: waiting_for_customer",
    ),
    (
        "not paused",
        an_escalation,
        ResumeClocks(by="ana"),
        MoveNotAllowed,
        "cannot resume because it is not paused; allowed now: ",
    ),
    (
        "paused already",
        lambda: after(an_escalation(), PauseClocks(by="ana", because="waiting_for_customer")),
        PauseClocks(by="ana", because="waiting_for_customer"),
        MoveNotAllowed,
        "cannot pause because it is paused already: waiting for customer; allowed now: ",
    ),
    (
        "no such customer",
        lambda: one_in(State.CLOSING),
        ConfirmAccess(by="eva", account="BOLT", answer=AccessAnswer.YES),
        UnknownName,
        "no affected customer 'BOLT'; known: ACME",
    ),
    (
        "no such record",
        lambda: an_escalation(linked_tickets=["INC-1", "INC-2"]),
        SettleTicket(by="ana", record="INC-9"),
        UnknownName,
        "no linked record 'INC-9'; known: INC-1, INC-2",
    ),
    (
        "no records at all",
        an_escalation,
        SettleTicket(by="ana", record="INC-9"),
        MoveNotAllowed,
        "cannot settle ticket because no records are linked; allowed now: ",
    ),
    (
        "an update to nobody",
        an_escalation,
        SendUpdate(by="ana", customer_text=CustomerText(" ").strip()),  # type: ignore[arg-type]
        BadRequest,
        "customer_text, internal_note: given neither; allowed: a text for customers, for us, or both",
    ),
    (
        "a duplicate of nothing",
        an_escalation,
        Cancel(by="ed", cause=CancelCause.DUPLICATE, why=WHY),
        BadRequest,
        "into: given nothing; allowed: the key of the other escalation (duplicate)",
    ),
    (
        "withdrawn into another",
        an_escalation,
        Cancel(by="ed", cause=CancelCause.WITHDRAWN, into="ACME/99", why=WHY),
        BadRequest,
        "into: given 'ACME/99'; allowed: nothing: only a duplicate or a merge names another escalation",
    ),
    (
        "a duplicate of itself",
        an_escalation,
        Cancel(by="ed", cause=CancelCause.MERGED, into="ACME/4711", why=WHY),
        MoveNotAllowed,
        "it cannot be merged into itself",
    ),
    (
        "an RCA without words for customers",
        lambda: after(
            one_in(State.CLOSING, priority="P2"),
            FileRca(by="cora", rca=an_rca(summary_for_customers=None)),
        ),
        DeriveRca(by="cora"),
        BadRequest,
        "rca: given nothing, and the internal RCA has no summary_for_customers",
    ),
    (
        "the gate",
        lambda: one_in(State.CLOSING),
        Close(by="ed"),
        NotReadyToClose,
        "cannot close yet; missing:\n  access of ACME is neither confirmed nor waived",
    ),
]


@pytest.mark.parametrize(
    ("given", "command", "kind", "says"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_a_refusal_names_the_case_the_obstacle_and_the_way_out(
    given: Callable[[], Escalation], command: c.Command, kind: type[EscalationError], says: str
) -> None:
    """
    ROLE-2, section 11, bad input: the class is the stable code, the words are for people.
    """
    refused = refusal(given(), command)

    assert kind is type(refused)
    assert "ACME/4711" in refused.message
    assert says in refused.message


def test_a_refusal_leaves_nothing_behind() -> None:
    """
    Section 11: what was due by then did not happen either; it is still due.
    """
    verifying = one_in(State.VERIFYING)
    before = to_json(verifying)

    with pytest.raises(RoleNotAllowed):
        decide(verifying, VerifyResolution(by="ana"), monday("16:00"))

    assert before == to_json(verifying)
    assert decide(verifying, VERIFY, monday("16:00")) == decide(verifying, VERIFY, monday("16:00"))


def test_a_refused_message_that_nobody_waits_for_is_kept_on_record() -> None:
    """
    Bad input: recorded instead of lost, and bounded.
    """
    noted = decide(an_escalation(), NoteRefusal(refused="x" * 300, why="y" * 3_000), monday("09:00"))

    refused = the(MoveRefused, noted)
    assert (200, 2_000) == (len(refused.move), len(said(refused.why)))
    assert () == noted.effects
