"""The page of limits, ``docs/reference/limits.md``: written from the constants that the rules use."""

from collections.abc import Sequence

from entrypoints.web.open_streams import MOST_STREAMS
from escalation.case.task_forces import MOST_FORCES
from escalation.kernel import budgets
from escalation.kernel.values import LONGEST_TEXT
from escalation.policy import rates
from escalation.task_force.moves.add_task import MOST_TASKS
from messages.speaker import speaker
from runtime.settings import Settings

_Rows = Sequence[tuple[str, str]]
_say = speaker().say


def limits_page() -> str:
    return "\n".join(
        (
            "# Limits",
            "",
            "What is more is refused when it is said, with the limit and what was given; nothing has changed then.",
            "Bytes are those of the JSON in UTF-8: a letter of English is one, an emoji four.",
            "",
            "## What people say",
            "",
            _table("what", "at most", _SAID),
            "## How often",
            "",
            "After so many at once, one more is possible each time that the share of one has passed: of 100 within",
            "10 min, one each 6 s. The refusal says when. A person who works on an incident never meets these.",
            "",
            _table("what", "at most", [(what, _say(rate.reason)) for what, rate in _OFTEN]),
            "Acknowledge, close and cancel do not count for all people together: nobody is kept from them.",
            f"Refused signals above {_say(rates.REFUSALS.reason)} are in the log and not on record.",
            "",
            "## What travels",
            "",
            f"Temporal takes {budgets.PAYLOAD:,} bytes at a time. Nobody meets these: what is more is cut into parts,",
            "and no part is lost.",
            "",
            _table("what", "bytes of one part", _TRAVELS),
        )
    )


def _table(what: str, limit: str, rows: _Rows) -> str:
    lines = [f"| {what} | {limit} |", "| --- | --- |", *(f"| {name} | {most} |" for name, most in rows)]
    return "\n".join(lines) + "\n"


def _bytes(most: int) -> str:
    return f"{most:,} bytes"


_STARTS = rates.Rate(Settings.model_fields["starts_per_person"].default, rates.STARTS_WITHIN)
_SAID: _Rows = (
    ("a text: note, reason, update, comment", f"{LONGEST_TEXT:,} characters"),
    ("a subject, a name, an account, a record", "200 characters"),
    ("one move, whole", _bytes(budgets.MOVE)),
    ("an RCA or a post-mortem, whole", _bytes(budgets.PAPER)),
    (
        "one start, whole, or all starts of one outage; each contact counts the name of its account again",
        _bytes(budgets.REQUEST),
    ),
    ("customers of one escalation", f"{budgets.CUSTOMERS:,}"),
    ("contacts of one customer", f"{budgets.CONTACTS:,}"),
    (
        "linked tickets of one escalation, with all that joins it or is merged into it",
        f"{budgets.LINKED_TICKETS:,}",
    ),
    ("problem records, the same", f"{budgets.PROBLEM_RECORDS:,}"),
    ("services, the same", f"{budgets.SERVICES:,}"),
    ("pieces of evidence, the same", f"{budgets.EVIDENCE:,}"),
    ("open actions of one escalation that another one is merged into", f"{budgets.OPEN_ACTIONS:,}"),
    ("criteria of one start", f"{budgets.CRITERIA:,}"),
    ("steps of one action plan", f"{budgets.STEPS:,}"),
    (
        "actions, factors, links, participants and other lists of an RCA or a post-mortem, each",
        f"{budgets.ENTRIES:,}",
    ),
    ("seats that a task force is deployed with", f"{budgets.SEATS:,}"),
    ("people named for one seat", f"{budgets.CANDIDATES:,}"),
    (
        "all that one escalation, or one task force, holds; a cancel or a close is never too large",
        _bytes(budgets.STATE),
    ),
    ("task forces of one escalation", f"{MOST_FORCES}"),
    ("a task force with all who can get a seat", _bytes(budgets.CHARTER)),
    ("tasks of one task force", f"{MOST_TASKS}"),
    ("open tasks of one task force", _bytes(budgets.OPEN_TASKS)),
    ("the plan that the playbook makes for one escalation", _bytes(budgets.PLAN)),
    ("streams of events that one caller has open at one web service, live pages included", f"{MOST_STREAMS}"),
)
_OFTEN = (
    ("moves of one person in one escalation, task force, sponsorship or inbox", rates.MOVES_OF_ONE),
    ("moves of all people together there", rates.MOVES_OF_ALL),
    ("access confirmed, surveys answered and records settled, by all people together", rates.ANSWERS),
    ("starts of a key that runs already", rates.REPEATS),
    ("escalations of one key, one after the other, by one worker", rates.STARTS_OF_KEY),
    ("starts of one person, by one worker: `ESCALATION_STARTS_PER_PERSON`", _STARTS),
    ("webhooks of one key, at one web service", rates.DELIVERIES_OF_KEY),
    ("requests with one link of a letter, at one web service", rates.USES_OF_LINK),
    ("webhooks of one sender (secret), at one web service", rates.DELIVERIES),
)
_TRAVELS: _Rows = (
    ("messages that are sent together, or wait and leave as one letter", f"{budgets.LARGEST_BATCH:,}"),
    ("what became of them", f"{budgets.RECEIPTS:,}"),
    ("the list in one message", f"{budgets.ITEMS:,}"),
    ("events that go on record together", f"{budgets.BATCH:,}"),
    ("a page of the timeline, the messages, the plans or an inbox", f"{budgets.ANSWER:,}"),
    ("what a run that continues is given", f"{budgets.CARRIED:,}"),
    ("the end of the timeline in it", f"{budgets.TIMELINE:,}"),
    ("events in it that are not on record yet", f"{budgets.UNRECORDED:,}"),
    ("what is missing to close, in the view", f"{budgets.MISSING:,}"),
    ("the faults of one refusal", f"{budgets.REFUSAL:,}"),
    ("the latest reports of a task force", f"{budgets.REPORTS:,}"),
    (
        "the latest proposals, touch-points, reviews or failed letters of a sponsorship, each",
        f"{budgets.PROGRAMME:,}",
    ),
)
