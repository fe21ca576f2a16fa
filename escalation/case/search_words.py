"""
Words of an escalation that a search looks through, and that no line of a list shows.

They travel with the list, so there are few: all that is linked, and how the description begins.
"""

from escalation.case.state import Escalation
from escalation.kernel.characters import clip

_LINKED = 10_000
_DESCRIPTION = 1_000
"""Characters; a list of 1,000 escalations is read in a tenth of a second."""


def search_words(now: Escalation) -> str:
    """Return the cases that joined, the linked tickets, the problem records and the beginning of the description."""
    request = now.request
    linked = " ".join((*now.joined_keys, *request.linked_tickets, *request.problem_records))
    return f"{clip(linked, _LINKED)} {clip(' '.join(request.description.split()), _DESCRIPTION)}".strip()
