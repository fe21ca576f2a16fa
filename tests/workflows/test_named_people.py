"""
Moves that name people of the playbook whom the plan does not have, such as the owner of an action.
"""

from datetime import date
from pathlib import Path

import pytest

from escalation.case.lifecycle import State
from escalation.case.rca_content import CorrectiveAction, InternalRca
from escalation.kernel.refusals import BadRequest, EscalationError
from tests.escalations import REFERENCE, Desk, desk_on_skipping_server
from tests.said import said
from tests.workflows import stages

ROOFER = '\n  rosa: {name: Rosa Ruiz, addresses: ["email:rosa@example.com"], time_zone: Europe/London}\n'


def with_a_roofer(folder: Path) -> Path:
    """The reference playbook with somebody who has no role, no team, and no shift."""
    playbook = folder / "playbook.yaml"
    written = REFERENCE.read_text(encoding="utf-8")
    playbook.write_text(written.replace("\npeople:\n", f"\npeople:{ROOFER}", 1), encoding="utf-8")
    return playbook


def an_rca_of(owner: str) -> InternalRca:
    action = CorrectiveAction.model_validate(
        {"what": "Repair the roof", "owner": owner, "due": date(2030, 1, 31)}
    )
    return InternalRca.model_validate({"root_causes": ["rain"], "corrective_actions": [action]})


async def closing(desk: Desk) -> None:
    await desk.start()
    await stages.verifying_by_elena(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)


async def test_the_owner_of_an_action_need_only_be_in_the_playbook(tmp_path: Path) -> None:
    """
    CLOSE-3, CLOSE-7: and is known from then on; whom neither has is refused, and nothing happens.
    """
    async with desk_on_skipping_server(playbook=with_a_roofer(tmp_path)) as desk:
        await closing(desk)
        with pytest.raises(BadRequest, match="owner: given 'nobody'"):
            await desk.client.file_rca(desk.key, by="kemal", rca=an_rca_of("nobody"))
        before = await desk.happened()

        filed = await desk.client.file_rca(desk.key, by="kemal", rca=an_rca_of("rosa"))
        done = await desk.client.finish_action(desk.key, by="rosa", action=1)
        await desk.nothing_went_wrong()

    assert "people_named" not in before
    assert "Rosa Ruiz: of the playbook, and known here from now on" == said(filed.happened[0])
    assert State.CLOSING is done.state


async def test_whoever_may_not_make_the_move_names_nobody(tmp_path: Path) -> None:
    """
    ROLE-2.
    """
    async with desk_on_skipping_server(playbook=with_a_roofer(tmp_path)) as desk:
        await closing(desk)
        with pytest.raises(EscalationError, match="may not file RCA"):
            await desk.client.file_rca(desk.key, by="maya", rca=an_rca_of("rosa"))
        transferred = await desk.client.rca_on_file(desk.key)
        await desk.nothing_went_wrong()

    assert transferred.rca is None
