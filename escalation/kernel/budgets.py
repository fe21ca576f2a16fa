"""
Budgets: how many bytes may travel to Temporal at a time. All of them are declared here, and used by every other room.

Temporal refuses a payload above 2 MiB and a step of a run above 4 MiB, again and again: the run stalls for good. So
whatever grows is measured where it is made. What people say is refused while they say it; what the engine makes of it
is cut into parts that fit, and no part is lost.

How the numbers hang together: ``REQUEST`` and ``PLAN`` bound what an escalation begins with, ``STATE`` what moves may
add to it; a continued run carries the state, what still has to be done, and the end of the timeline, as much as is left
of ``CARRIED``. Pure; it knows no model.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from escalation.kernel.reasons import Part, reason
from escalation.kernel.values import to_bytes

PAYLOAD = 2 * 1024 * 1024
"""Bytes that the server takes in one payload; each budget below is less."""

MOVE = 64 * 1024
"""One move, as it was sent."""
PAPER = 256 * 1024
"""One move that files an RCA or a post-mortem, as it was sent."""
DRAFT = 200_000
"""Part of a paper: the timeline that a draft proposes."""
REQUEST = 500_000
"""
One start, or all starts of one outage: the request with its defaults, and the id of each contact, which holds the name
of the account again.
"""
OURS = 1_500_000
"""Input that our own workers and workflows send to a run."""
PLAN = 300_000
"""A compiled plan."""
STATE = 1_400_000
"""An escalation or a task force, after a move of a person that makes it larger."""
FULL_STATE = 1_500_000
"""An escalation or a task force after moves that add less than ``SMALL_CHANGE``: there is room to end it."""
SMALL_CHANGE = 1_024
CUSTOMERS = 1_000
"""The longest lists, from here on: of one escalation, with all that joins it."""
CONTACTS = 200
"""Of one customer."""
LINKED_TICKETS = 500
PROBLEM_RECORDS = 500
SERVICES = 500
EVIDENCE = 200
QUESTIONS = 20
"""Questions to customers that wait for an answer."""
OPEN_ACTIONS = 500
"""With those of whatever is merged into it."""
CRITERIA = 100
"""Of one start."""
STEPS = 100
"""Of one action plan."""
SEATS = 30
"""Of one task force at its deployment."""
CANDIDATES = 100
"""People named for one seat."""
ENTRIES = 50
"""Each list of an RCA or a post-mortem that names no limit of its own."""
CHARTER = 500_000
"""The charter of a task force."""
SUMMARY = 32 * 1024
"""A task force as its escalation keeps it; this much is kept free for each that stands."""
OPEN_TASKS = 16 * 1024
"""The open tasks of one task force."""
UNDELIVERED = 100_000
"""The latest people who were not reached, as the state keeps them."""
REPORTS = 200_000
"""The latest reports that a task force keeps."""
PROGRAMME = 150_000
"""Each list that a sponsorship keeps: the latest proposals, touch-points, reviews, failed messages."""

GONE = 200_000
"""The keys of messages that left an inbox, by which one that comes twice is known."""

LARGEST_BATCH = 400_000
"""Messages of one activity, and of one digest."""
ITEMS = 64 * 1024
"""The list in one message."""
RECEIPTS = 800_000
"""Results of these messages: the answer, and the details of each heartbeat."""
LONGEST_WHY = 300
"""Characters of what stood in the way of one message."""
BATCHES_AT_ONCE = 3
"""Batches that one step of a run sends; the next step sends the others."""
MOST_BATCHES = 500
"""Batches under way; Temporal takes 2,000 activities at a time. What is decided meanwhile is in the next batch."""
MOST_MESSAGES = 1_500
"""
Messages under way beyond which customers' next ones wait. Temporal keeps what each activity reports of its messages
beside the run, 8 MiB in all, and ends a run with more; messages to our own people never wait for that.
"""
AT_ONCE = 100
"""Other runs that one step of a run signals."""
HISTORY = 20 * 1024 * 1024
"""A run with more behind it continues even while messages are under way; Temporal ends one with 50 MiB."""
BATCH = 1_000_000
"""The events of one batch for the record; an event alone may be larger."""
REFUSAL = 64 * 1024
"""The faults of one refusal."""
MISSING = 100_000
"""Obstacles to the close of an escalation, in the view, which says all else once."""
CONVERSATION = 200_000
"""The latest that a customer was told and said, on their page."""
ANSWER = 1_000_000
"""One page of the answer to a query."""

CARRIED = 2_000_000
"""The whole input of a continued run."""
WRAPPED = 1_000
"""Part of a continued run: what is around the rest."""
TIMELINE = 900_000
"""Part of a continued run: the end of the timeline, as much as is left."""
UNRECORDED = 200_000
"""Part of a continued run: events that are not on record yet; the others go on record in runs of their own."""
ANSWERED = 32 * 1024
"""Part of a continued run: ids of the updates that were answered."""

_Item = TypeVar("_Item")


def size_of(value: object) -> int:
    """Return the bytes of *value* as it travels; of a text, its own."""
    return len(value.encode() if isinstance(value, str) else to_bytes(value))


def fitting(sizes: Iterable[int], most: int) -> int:
    """Return how many of the first *sizes* make at most *most* together; one, if even the first is larger."""
    left, count = most, 0
    for size in sizes:
        left -= size
        if left < 0 and count:
            break
        count += 1
    return count


def first_of(items: Sequence[_Item], most: int) -> tuple[_Item, ...]:
    """Return the first *items* that fit into *most* bytes; never none, if there are any."""
    return tuple(items[: fitting(map(_size, items), most)])


def last_of(items: Sequence[_Item], most: int) -> tuple[_Item, ...]:
    """Return the last *items* that fit into *most* bytes; perhaps none."""
    left, first = most, len(items)
    while first and (left := left - _size(items[first - 1])) >= 0:
        first -= 1
    return tuple(items[first:])


def shortened(lines: Iterable[Part], most: int) -> tuple[Part, ...]:
    """Return *lines*, or as many as fit into *most* bytes and the count of the others."""
    every = tuple(lines)
    shown = first_of(every, most)
    return shown if len(shown) == len(every) else (*shown, reason("and_more", len(every) - len(shown)))


def _size(item: object) -> int:
    """Return the bytes of *item* with the comma after it."""
    return 1 + size_of(item)
