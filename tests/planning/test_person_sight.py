"""Sights of people, as a playbook gives them (IDENTITY-4)."""

import pytest

from escalation.policy.sight import UNLIMITED, Sight
from planning.playbook.person_sight import sight_of
from tests.planning.builders import faults_with, playbook_of, reference_with, the_reference

WRITTEN = """access:
  everything: [escalation_manager]
  own_teams: [agent, csm]
  own_accounts: csm
accounts:
  ACME: {team: [chloe, ben]}
sponsorship_deciders:"""
SIGHTS = {
    "elena": Sight(),
    "maya": Sight(False, frozenset({"maya", "call_centre"})),
    "chloe": Sight(False, frozenset({"chloe", "stakeholders"}), frozenset({"ACME"})),
    "ben": Sight(False),
    "a stranger": Sight(False),
}


@pytest.mark.parametrize("person", SIGHTS)
def test_roles_say_what_somebody_looks_at(person: str) -> None:
    """IDENTITY-4: everything, own teams', own accounts'; several roles add up, and without one there is nothing."""
    found = sight_of(playbook_of(reference_with(("sponsorship_deciders:", WRITTEN))), person)

    expected = SIGHTS[person]
    assert expected.sees_all is found.sees_all
    assert expected.accounts == found.accounts
    if not expected.sees_all:
        assert expected.people == found.people


def test_everybody_looks_where_nothing_is_said() -> None:
    """IDENTITY-4: at all without `access`; at what is their own teams' without `own_teams`."""
    open_to_teams = WRITTEN.replace("  own_teams: [agent, csm]\n", "")
    playbook = playbook_of(reference_with(("sponsorship_deciders:", open_to_teams)))

    assert UNLIMITED == sight_of(the_reference(), "ben") == sight_of(the_reference(), "a stranger")
    assert Sight(False, frozenset({"ben", "stakeholders"})) == sight_of(playbook, "ben")


def test_an_unknown_role_or_person_is_a_fault() -> None:
    """ROLE-1: with what is allowed, and what was probably meant."""
    written = WRITTEN.replace("csm]", "csn]").replace("ben]", "bem]")
    roles, people = faults_with(("sponsorship_deciders:", written))

    assert ("access.own_teams.1", "'csn'", "csm") == (roles.where, roles.given, roles.suggestion)
    assert "a role that somebody has: agent, support_manager" in str(roles.allowed)
    assert ("accounts.ACME.team.1", "'bem'", "ben") == (people.where, people.given, people.suggestion)
