"""Permissions of roles, and the refusals that people get (ROLE)."""

import pytest

from escalation.case import commands as c
from escalation.case.engine import decide, permit
from escalation.case.levels import LevelRaised
from escalation.case.lifecycle import Move, State, allows
from escalation.case.move_index import PERSONS_COMMANDS, PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.close import Close
from escalation.case.moves.pause import PauseClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.transfer import Transfer
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.state import Escalation
from escalation.kernel.refusals import EscalationError, RoleNotAllowed, UnknownName
from escalation.kernel.values import InternalText
from escalation.policy.classification import EscalationReason
from tests.builders import a_plan, after, an_acknowledged, an_escalation, monday, one_in, the


def refusal(escalation: Escalation, command: c.Command) -> EscalationError:
    """
    Return the answer to *command*, ten minutes after the start.
    """
    with pytest.raises(EscalationError) as refused:
        decide(escalation, command, monday("09:10"))
    return refused.value


@pytest.mark.parametrize("by", ["ed", "ana", "ceo"])
def test_a_move_with_roles_is_refused_to_others_and_says_who_may(by: str) -> None:
    """
    ROLE-1, ROLE-2: roles come from the playbook.
    """
    refused = refusal(one_in(State.VERIFYING), VerifyResolution(by=by))

    assert isinstance(refused, RoleNotAllowed)
    assert f"ACME/4711: {by.title()} may not verify resolution; roles that may: architect" == refused.message


def test_a_role_is_asked_for_before_the_close_gate_answers() -> None:
    """
    ROLE-2, CLOSE-8: whoever may not close does not get the list of what is missing.
    """
    refused = refusal(one_in(State.CLOSING), Close(by="ana"))

    assert isinstance(refused, RoleNotAllowed)
    assert "roles that may: escalation_manager" in refused.message


@pytest.mark.parametrize(
    ("by", "may"),
    [
        ("mia", True),  # owns it
        ("fay", False),  # nobody here
        ("max", False),  # a contact of the next level, not of this one
    ],
)
def test_the_owner_has_a_role_of_its_own(by: str, may: bool) -> None:
    """
    ROLE-1: ``owner`` is whoever owns it at the moment.
    """
    plan = a_plan(permissions={Move.PAUSE: ("owner",)})
    escalation = after(an_escalation(plan=plan, level=2), monday("09:05"), Acknowledge(by="mia"))

    if may:
        decide(escalation, PauseClocks(by=by, because="waiting_for_customer"), monday("09:10"))
    else:
        assert isinstance(
            refusal(escalation, PauseClocks(by=by, because="waiting_for_customer")), RoleNotAllowed
        )


def test_level_contacts_and_members_of_a_team_share_its_role() -> None:
    """
    ROLE-1: who belongs to the team that owns it acts as the owner; each contact of the level is one.
    """
    plan = a_plan(permissions={Move.PAUSE: ("owner",), Move.ACKNOWLEDGE: ("owner", "level_contact")})
    transferred = after(an_escalation(plan=plan), Transfer(by="ana", to="finance"))

    assert "fay" == after(transferred, Acknowledge(by="fay")).owner
    assert "ben" == after(transferred, Acknowledge(by="ben")).owner
    assert isinstance(refusal(transferred, Acknowledge(by="ceo")), RoleNotAllowed)


def test_a_move_without_roles_is_open_to_everyone_known_and_to_nobody_else() -> None:
    """
    ROLE-1: an unknown person is told whom we know.
    """
    refused = refusal(an_escalation(), Acknowledge(by="mallory"))

    assert isinstance(refused, UnknownName)
    assert refused.message.startswith("ACME/4711: unknown person 'mallory'; known: ae, ana, ari, ben")


def test_every_move_records_who_when_and_why() -> None:
    """
    ROLE-3.
    """
    command = RaiseLevel(
        by="ana", reason=EscalationReason.LACK_OF_AUTHORITY, note=InternalText("he wants a refund")
    )
    raised = the(LevelRaised, decide(an_acknowledged(), command, monday("09:07")))

    assert ("ana", monday("09:07"), "lack_of_authority", "he wants a refund") == (
        raised.by,
        raised.at,
        raised.reason,
        raised.note,
    )


@pytest.mark.parametrize(
    ("by", "kind"), [("finance", "a team; allowed"), ("duty", "an on-call schedule; allowed")]
)
@pytest.mark.parametrize("kind_of_move", PERSONS_COMMANDS, ids=lambda each: str(each.move))
def test_a_move_is_made_by_a_person(by: str, kind: str, kind_of_move: type[PersonsCommand]) -> None:
    """
    ROLE-3: a team is asked and told; who acts is on record, so one of its people does, by name.
    """
    escalation = one_in(next(state for state in State if allows(state, kind_of_move.move)))

    with pytest.raises(RoleNotAllowed) as refused:
        permit(escalation, kind_of_move.move, by)

    assert kind in refused.value.message
    assert refused.value.message.endswith("fay")
