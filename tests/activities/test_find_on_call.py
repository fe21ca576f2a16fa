"""On-call people, asked as the worker asks: by the playbook as it is then."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

import activities
from activities.find_on_call import OnCallLookup
from delivery.pipeline import Pipeline
from escalation import contract
from escalation.case.effects import FindOnCall, OnCallResult
from escalation.kernel.values import from_json, to_json
from messages.renderer import MessageRenderer
from planning.on_call.feed_sources import FilesAlone
from planning.playbook.playbook_file import PlaybookFile
from runtime.network import Network
from tests.delivery.builders import to_us
from tests.planning.rotas import DESK, a_rota, a_rotation, text_of
from tests.said import said

FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
ASKED = FindOnCall(rota=DESK, at=FRIDAY, notice=to_us())


async def found(rota: OnCallLookup, asked: FindOnCall = ASKED) -> OnCallResult:
    answer = await ActivityEnvironment().run(rota.find_on_call, asked)
    assert isinstance(answer, OnCallResult)
    return answer


async def test_the_answer_names_people_and_reason() -> None:
    """MATRIX-1: it survives JSON, since it is recorded."""
    answer = await found(OnCallLookup(a_rota, FilesAlone()))

    assert ["priya"] == [person.id for person in answer.people]
    assert "rotation Weeks, week of 2026-11-16" == answer.why
    assert answer == from_json(OnCallResult, to_json(answer))


async def test_the_playbook_of_now_is_asked(tmp_path: Path) -> None:
    """MATRIX-1: an override that is added today counts today, for escalations that run already."""
    path = tmp_path / "ours.yaml"
    path.write_text(text_of(), encoding="utf-8")
    rota = OnCallLookup(PlaybookFile(path).current, FilesAlone())
    before = await found(rota)

    override = {"from": "2026-11-20T09:00", "to": "2026-11-21T09:00", "person": "elena"}
    path.write_text(text_of(overrides=override), encoding="utf-8")
    after = await found(rota)

    assert (["priya"], ["elena"]) == tuple(
        [person.id for person in answer.people] for answer in (before, after)
    )


@pytest.mark.parametrize(
    ("schedule", "rotation", "why"),
    [
        ("gone", a_rotation(), "the playbook has no on-call schedule 'gone' now"),
        (
            DESK,
            a_rotation(since="2027-01-01"),
            "nobody: no override, calendar entry or rotation holds at that time",
        ),
    ],
)
async def test_nobody_is_an_answer(schedule: str, rotation: dict[str, object], why: str) -> None:
    """MATRIX-5: what follows is for the rules; the activity does not fail."""
    rota = OnCallLookup(lambda: a_rota(rotations=[rotation]), FilesAlone())

    answer = await found(rota, FindOnCall(rota=schedule, at=FRIDAY, notice=to_us()))

    assert ((), why) == (answer.people, said(answer.why))


def test_the_worker_has_it_under_its_name_on_the_wire() -> None:
    """Names on the wire are API."""
    playbook = PlaybookFile(Path(__file__).parents[2] / "playbooks" / "on_call.yaml")
    hands = activities.build(playbook, Pipeline({}, MessageRenderer()), Network().transport)

    names = {getattr(hand, "__temporal_activity_definition").name for hand in hands.quick}

    assert contract.FIND_ON_CALL in names
