"""People who decide on sponsorships, by the playbook of today."""

import pytest

from activities.sponsors import Sponsors
from planning.playbook.loader import Playbook
from planning.playbook.schema import ResponsibilitiesSpec
from tests.planning.builders import the_reference
from tests.planning.rotas import DESK, a_rota


def decided_by_nobody(playbook: Playbook, managers: str) -> Playbook:
    duties = ResponsibilitiesSpec(escalation_managers=(managers,))
    return playbook.model_copy(update={"sponsorship_deciders": (), "duties": duties})


@pytest.mark.parametrize(
    ("playbook", "expected"),
    [
        (the_reference(), {"elena", "ingrid"}),  # who decides
        (decided_by_nobody(the_reference(), "escalation_manager"), {"elena"}),  # none named: who manages
        (decided_by_nobody(a_rota(), DESK), {"priya", "lukas"}),  # a schedule has no address of its own
    ],
)
async def test_those_who_decide_answer_for_it_or_else_the_managers(
    playbook: Playbook, expected: set[str]
) -> None:
    """COMM-13: people who can be told."""
    known = await Sponsors(lambda: playbook).find_people(())

    assert expected == {person.id for person in known.managers}
