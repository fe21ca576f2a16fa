"""
The person who acts: whoever the web service has recognised, for as long as it works on their request.

Owns that a message which leaves meanwhile is theirs. It must not know how they were recognised, nor how it is proven.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from enum import StrEnum

from temporalio import activity

from escalation.kernel.values import ENGINE


class DoorName(StrEnum):
    """Ways into the engine."""

    CONSOLE = "console"
    API = "api"
    """The HTTP API, and `escalate` through it."""
    LINK = "link"
    """The page behind a link in a message."""
    INTAKE = "intake"
    """A webhook of another system."""
    ENGINE = "engine"
    """No person: a worker of ours, on behalf of a run."""


@dataclass(frozen=True)
class Acting:
    """Somebody, and where they came in."""

    person: str
    """Id in the playbook, or of a customer's contact."""
    door: DoorName
    moves: frozenset[str] = frozenset()
    """Moves that a machine's key is bound to; none: all that the roles of the person allow."""


_ACTING: ContextVar[Acting | None] = ContextVar("_ACTING", default=None)


def begin_to_act(who: Acting) -> Token[Acting | None]:
    """Let all that is sent from here on be sent by *who*: for a request, whose task ends with it."""
    return _ACTING.set(who)


@contextmanager
def acting(person: str, door: DoorName) -> Iterator[None]:
    """Let all that is sent within the block be sent by *person*, who came in by *door*."""
    token = begin_to_act(Acting(person, door))
    try:
        yield
    finally:
        _ACTING.reset(token)


def who_acts() -> Acting | None:
    """Return who acts here; None, if that is not known. A worker acts for the engine in its activities."""
    if activity.in_activity():
        return Acting(ENGINE, DoorName.ENGINE)
    return _ACTING.get()
