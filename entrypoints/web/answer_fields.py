"""
Fields of the forms on the pages behind links, as a reader fills them in.

Owns which choices there are and how long a text may be. Must not know what an answer does.
"""

from collections.abc import Collection, Mapping

from escalation.case.resolution import AccessAnswer
from escalation.kernel.values import InternalText

LONGEST_COMMENT = 2_000
"""Characters of what a customer writes."""
SCORES = ("1", "2", "3", "4", "5")
"""From poorly to very well."""
YES_OR_NO = (AccessAnswer.YES.value, AccessAnswer.NO.value)


class InvalidAnswer(Exception):
    """Raised for a form that is no answer."""


def read_choice(form: Mapping[str, str], field: str, among: Collection[str]) -> str:
    """
    Raises:
        InvalidAnswer: If nothing of *among* is chosen.
    """
    if form.get(field) not in among:
        raise InvalidAnswer
    return form[field]


def read_text(form: Mapping[str, str], field: str = "comment") -> str:
    """
    Return what was written, perhaps nothing.

    Raises:
        InvalidAnswer: If it is too long.
    """
    text = form.get(field, "").replace("\r\n", "\n")  # as the reader counts
    if len(text) > LONGEST_COMMENT:
        raise InvalidAnswer
    return str(InternalText.cleaned(text)).strip()
