"""
``escalate report schedule``: the review pack mailed by itself; on a real server, to a real mailbox.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, ScheduleBackfill, WorkflowFailureError

from channels.loopback import ReceivedLetter
from entrypoints import cli
from runtime.connection import connect
from runtime.settings import Settings
from tests.entrypoints.conftest import Terminal
from workflows.plugin import escalation_plugin

WEEKLY = ("report", "schedule", "set", "weekly")


async def test_try(terminal: Terminal) -> None:
    print(await terminal.done(*WEEKLY, "--to", "elena", "--to", "ana@example.com", "--now"))
    await terminal.mailbox.arrived(2, within=20)
    for letter in terminal.mailbox.letters():
        print(letter)
        print(letter.key, letter.message["subject"])
    assert 0
