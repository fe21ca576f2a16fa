"""Mistakes of ours: readers are told nothing of them, the log everything but the link."""

import io
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from client import EscalationClient
from entrypoints.web.request_body import read_body
from escalation.case.view import MoveResult, View
from runtime.log_setup import configure_logging
from runtime.setting_types import LogFormat, LogLevel
from tests.complaint import a_complaint
from tests.web.web_client import Door, open_door, seen


class Mistaken(EscalationClient):
    """A client with a mistake in it."""

    async def view(self, key: str) -> View:
        raise ZeroDivisionError(f"{key}: a detail of ours")

    async def start(self, *_: Any, **__: Any) -> MoveResult:
        raise ZeroDivisionError("a detail of ours")


async def test_a_mistake_of_ours_is_told_plainly(door: Door) -> None:
    """
    No traceback and no detail leave the house; the log has both, and not the link.
    """
    await door.start()
    path = await door.to_acknowledge()
    said = io.StringIO()
    configure_logging(LogFormat.JSON, LogLevel.DEBUG, said)
    async with open_door(door.settings, door.mailbox, door.temporal, client_type=Mistaken) as broken:
        page, pressed = await broken.http.get(path), await broken.press(path)
        started = await broken.hand_in(a_complaint(key=door.key))

    for answer in (page, pressed, started):
        assert 500 == answer.status_code
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "detail of ours" not in answer.text
        assert "ZeroDivision" not in answer.text
    assert "Sorry, something went wrong on our side" in seen(page)
    assert "fault" == started.json()["error"]
    ours = [
        line for line in said.getvalue().splitlines() if '"logger": "http' not in line
    ]  # the test's browser
    assert any("a detail of ours" in line for line in ours)
    assert not any(path.removeprefix("/answer/")[:40] in line for line in ours)


@pytest.mark.parametrize("length", ["11", "9" * 5_000, "0" * 5_000 + "11"])
async def test_a_length_of_any_number_of_digits_is_too_much(length: str) -> None:
    """
    Python reads no number of thousands of digits; the answer is 413 all the same.
    """
    given = {"content-type": "application/json", "content-length": length}
    headers = [(name.encode(), value.encode()) for name, value in given.items()]

    with pytest.raises(HTTPException) as refused:
        await read_body(Request({"type": "http", "headers": headers}), "application/json", at_most=10)

    assert 413 == refused.value.status_code
