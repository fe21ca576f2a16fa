"""
Look-ups: what a move or a start needs to know from outside before it can be decided.

Owns on which terms is asked. Which activities there are and what they know is none of its business. A handler awaits
the answer itself, so it keeps the run alive, and the move is decided when the answer is there, by the rules as they see
the escalation then.
"""

from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from escalation import contract
from escalation.kernel.refusals import EscalationError, MoveNotAllowed
from escalation.sponsorship.playbook_people import PlaybookPeople

QUICK = timedelta(seconds=10)
_A_TRY, _ALL_TRIES = timedelta(seconds=20), timedelta(minutes=1)

Answer = TypeVar("Answer")


async def look_up(activity: str, question: Any, kind: type[Answer]) -> Answer:
    """
    Ask the worker itself, by a local activity: it costs no round trip to the server, and must be quick.

    Raises:
        EscalationError: If it refuses; a local activity's error arrives bare.
        ActivityError: If it failed.
    """
    answer: Answer = await workflow.execute_local_activity(
        activity, question, result_type=kind, start_to_close_timeout=QUICK
    )
    return answer


async def ask(
    activity: str,
    question: Any,
    kind: type[Answer],
    *,
    summary: str,
    unanswered: str = "",
    a_try: timedelta = _A_TRY,
) -> Answer:
    """
    Ask another run, by an activity. *unanswered*: what is said if nobody answers within a minute; without it, the
    question is asked again until somebody does.

    Raises:
        EscalationError: If the other one refuses, or does not answer.
    """
    try:
        answer: Answer = await workflow.execute_activity(
            activity,
            question,
            result_type=kind,
            start_to_close_timeout=a_try,
            schedule_to_close_timeout=_ALL_TRIES if unanswered else None,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=10)
            ),
            summary=summary,
        )
    except ActivityError as error:
        if isinstance(error.cause, EscalationError):
            raise error.cause from None
        if unanswered:
            raise MoveNotAllowed(unanswered) from None
        raise
    return answer


async def find_people(*ids: str) -> PlaybookPeople:
    """
    Return who these people are in the playbook of today, for workflows that have no plan.

    Raises:
        UnknownName: If it has no such person.
    """
    return await look_up(contract.FIND_PEOPLE, ids, PlaybookPeople)
