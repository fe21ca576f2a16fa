"""
Many runs asked at once: who cannot answer holds up none of the others.
"""

import asyncio

import pytest

from client import NotAllAnswered, Unanswered, ask_each
from clients.parallel_queries import AT_ONCE
from escalation.kernel.refusals import MoveNotAllowed
from runtime.errors import NoServer, NoWorker

MANY = range(3 * AT_ONCE + 1)


async def test_answers_come_in_the_order_in_which_was_asked_and_refusals_among_them() -> None:
    async def ask(number: int) -> int:
        await asyncio.sleep(0.001 * (number % 3))
        if number == 7:
            raise MoveNotAllowed("cannot")
        if number == 8:
            raise NoWorker("nobody")
        return 10 * number

    answers = [(number, answer) async for number, answer in ask_each(MANY, ask)]

    assert list(MANY) == [number for number, _ in answers]
    assert ["cannot", "nobody"] == [str(answer) for _, answer in answers if isinstance(answer, Exception)]
    assert [10 * n for n in MANY if n not in {7, 8}] == [a for _, a in answers if isinstance(a, int)]


async def test_no_more_than_some_are_asked_together() -> None:
    under_way, most = 0, 0

    async def ask(_: int) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    async for _ in ask_each(MANY, ask, at_once=5):
        pass
    assert 5 == most


@pytest.mark.parametrize(
    ("many", "asked"),
    [
        (3, 3),  # of a few, all are asked first
        (len(MANY), AT_ONCE),  # of many, the first ones tell enough: each takes its patience
    ],
)
async def test_where_nobody_works_the_command_ends(many: int, asked: int) -> None:
    were_asked: list[int] = []

    async def ask(number: int) -> None:
        were_asked.append(number)
        raise NoWorker("nobody")

    async def ask_all() -> None:
        async for _ in ask_each(range(many), ask):
            pass

    with pytest.raises(NoWorker):
        await ask_all()
    assert asked == len(were_asked)


async def test_a_server_that_is_away_ends_the_command_at_once() -> None:
    async def ask(_: int) -> None:
        raise NoServer("away")

    with pytest.raises(NoServer, match="away"):
        async for _ in ask_each(MANY, ask):
            pass


def test_those_left_out_are_listed_in_one_error() -> None:
    left_out = [Unanswered("A/1", "A/1: is stalled"), Unanswered("A/2", "no worker answered")]

    told = NotAllAnswered(left_out)

    assert (
        "2 could not answer and are left out:\n  A/1: is stalled\n  A/2: no worker answered" == told.message
    )
    assert ["A/1", "A/2"] == [fault.where for fault in told.faults]
