"""The rule of who may look at what, and who has a part in an escalation (IDENTITY-4)."""

import pytest

from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.deploy_task_force import DeployTaskForce
from escalation.case.moves.transfer import Transfer
from escalation.case.start import fold
from escalation.kernel.values import InternalText
from escalation.policy.sight import UNLIMITED, Concerned, Sight
from tests.builders import after, an_escalation, opening

CASE = Concerned.of(("call_centre", "maya"), ("ACME", "BOLT"))
SIGHTS = {
    "nothing else is said": (UNLIMITED, True),
    "a role that looks at everything": (Sight(people=frozenset({"elena"})), True),
    "somebody with a part": (Sight(False, frozenset({"maya"})), True),
    "somebody of a team with a part": (Sight(False, frozenset({"tom", "call_centre"})), True),
    "somebody without": (Sight(False, frozenset({"rafael"})), False),
    "who looks after one of its accounts": (Sight(False, accounts=frozenset({"BOLT"})), True),
    "who looks after another account": (Sight(False, accounts=frozenset({"CRUX"})), False),
    "nobody at all": (Sight(False), False),
    "a key that is bound to all of its accounts": (Sight(bound_to=frozenset({"ACME", "BOLT"})), True),
    "a key that is bound to one of them alone": (Sight(bound_to=frozenset({"ACME"})), False),
    "a bound key of somebody without a part": (
        Sight(False, frozenset({"rafael"}), bound_to=frozenset({"ACME", "BOLT"})),
        False,
    ),
}


@pytest.mark.parametrize("who", SIGHTS)
def test_whoever_it_concerns_looks(who: str) -> None:
    """IDENTITY-4: by role, by team, by account, and never beyond what a key is bound to."""
    sight, expected = SIGHTS[who]

    assert expected is sight.covers(CASE)


def test_a_key_that_is_bound_sees_nothing_without_an_account() -> None:
    """IDENTITY-4: what concerns no customer is none of its business."""
    assert not Sight(bound_to=frozenset({"ACME"})).covers(Concerned.of(("maya",), ()))


def test_whoever_had_a_part_keeps_it() -> None:
    """IDENTITY-4: submitter, contact of the level, later owners, members of task forces, whoever made a move."""
    force = DeployTaskForce(by="ed", name="leak", mission=InternalText("Find it"), lead="mia")
    now = after(an_escalation(), Acknowledge(by="ana"), Transfer(by="ana", to="finance"), force)

    assert {now.request.submitted_by, "ana", "finance", "ed", "mia"} == {*now.participants}


def test_the_record_makes_the_same_participants() -> None:
    """RECORD-1: they are folded from the events, so an escalation read back has the same."""
    start = opening()

    assert start.state.participants == fold(start.events).participants != ()
