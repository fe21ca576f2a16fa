"""
People of the playbook of today, for workflows that have no plan: who somebody is, or that there is nobody of that name.
"""

from datetime import timedelta

from temporalio import workflow

from escalation import contract
from escalation.sponsorship.engine import PlaybookPeople

_QUICK = timedelta(seconds=10)


async def find_people(*ids: str) -> PlaybookPeople:
    """
    Raises:
        ActivityError: Caused by an ``UnknownName``, if the playbook has no such person.
    """
    known: PlaybookPeople = await workflow.execute_local_activity(
        contract.FIND_PEOPLE,
        ids,
        result_type=PlaybookPeople,
        start_to_close_timeout=_QUICK,
    )
    return known
