"""
The post-mortem: what the handling itself taught, in the shape that people write it (CLOSE-7).

Shapes and their own consistency only; whether an owner or an approver exists is for the rules to say.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from escalation.kernel.budgets import ENTRIES
from escalation.kernel.reasons import InvalidValue, reason
from escalation.kernel.values import NO_NOTE, Input, InputDay, InternalText, Name

_Text = Annotated[InternalText, Field(min_length=1, max_length=2_000)]
_Texts = Annotated[tuple[_Text, ...], Field(max_length=ENTRIES)]


def _is_currency(code: str) -> str:
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        raise InvalidValue(reason("allowed.currency"))
    return code


class Concession(Input):
    """Something that the customer was given."""

    what: _Text
    amount: Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)]
    currency: Annotated[str, AfterValidator(_is_currency)]
    approved_by: Name
    """Id of a person of the playbook."""


class ActionItem(Input):
    """A task for somebody, with its due day; tracked until it is done."""

    what: _Text
    owner: Name
    due: InputDay


class PostMortem(Input):
    """The review of how the escalation was handled, and what follows from it; root causes are in the RCA."""

    participants: Annotated[tuple[Name, ...], Field(min_length=1, max_length=ENTRIES)]
    """Participants of the review; customers and guests too, so these need not be in the playbook."""
    findings: Annotated[_Texts, Field(min_length=1)]
    improvements: _Texts = ()
    """Improvements of the handling itself."""
    concessions: Annotated[tuple[Concession, ...], Field(max_length=ENTRIES)] = ()
    training: _Texts = ()
    documentation: _Texts = ()
    actions: Annotated[tuple[ActionItem, ...], Field(max_length=ENTRIES)] = ()
    notes: InternalText = NO_NOTE
    """Other notes: of a Markdown file, what stands below its head."""
