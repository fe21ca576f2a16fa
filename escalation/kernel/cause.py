"""
The name of the cause of a message: the same whenever the message is sent again (COMM-12).

Theory of operation
-------------------
The name is part of the key by which receivers know a message again. A number of events would not do: reports of
deliveries are events as well, and come in any order. A backup that is restored does once more what became due since, so
a name is made only of what the backup knows: the start of a clock, and what it has come to. Commands go by their
``kind``, which no change of the code renames.

    20261130T191718.808123Z.acknowledge.50         half of the time of the clock that started then has passed
    20261130T191718.808123Z.acknowledge.due        it is breached
    20261130T191718.808123Z.acknowledge.late3600   it is brought up an hour after its breach
    20261130T194102.114200Z.transfer               somebody moved
    20261130T194102.114200Z.transfer-2             the same, and one event had happened at that instant already

A move that is made again, after a backup was restored, is another one, and so is its name.

Law: no two causes of one life have the same name, and each begins with an instant that is not after it.
"""

import hashlib
from datetime import UTC, datetime

from escalation.kernel.clocks import Clock
from escalation.kernel.values import to_bytes

_INSTANT = "%Y%m%dT%H%M%S.%fZ"
_LENGTH = len("20261130T191718.808123Z")


def cause_of_clock(clock: Clock, what: str) -> str:
    """Return the name of *what* a clock has come to."""
    run = f"{clock.name}-{clock.again + 1}" if clock.again else clock.name
    return f"{clock.started_at.astimezone(UTC):{_INSTANT}}.{run}.{what}"


def cause_of_command(kind: str, at: datetime, earlier_events: int) -> str:
    """Return the name of a command *at* that instant, at which so many *earlier_events* have happened."""
    numbered = f"{kind}-{earlier_events + 1}" if earlier_events else kind
    return f"{at.astimezone(UTC):{_INSTANT}}.{numbered}"


def cause_of_reminder(kind: str, since: datetime, reminded: object) -> str:
    """Return the name of reminders of several things at once: *reminded* says of which, and how often so far."""
    digest = hashlib.sha256(to_bytes(reminded)).hexdigest()
    return f"{since.astimezone(UTC):{_INSTANT}}.{kind}.{digest[:8]}"


def instant_in(cause: str) -> datetime | None:
    """Return the instant that a cause begins with; None, if it is no name of a cause."""
    try:
        found = datetime.fromisoformat(cause[:_LENGTH])
    except ValueError:
        return None
    return found if found.tzinfo else None
