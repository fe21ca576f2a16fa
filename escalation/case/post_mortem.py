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

    what: Annotated[_Text, Field(description="What the customer gets, or what it is for.")]
    amount: Annotated[
        Decimal,
        Field(gt=0, max_digits=15, decimal_places=2, description="How much it is, such as 99.50."),
    ]
    currency: Annotated[
        str,
        Field(description="Three capital letters, such as EUR, IDR or TRY."),
        AfterValidator(_is_currency),
    ]
    approved_by: Annotated[Name, Field(description="The person of the playbook who approved it.")]


class ActionItem(Input):
    """A task for somebody, with its due day; tracked until it is done."""

    what: Annotated[_Text, Field(description="What is to be done.")]
    owner: Annotated[Name, Field(description="Who does it.")]
    due: Annotated[InputDay, Field(description="The last day for it.")]


class PostMortem(Input):
    """The review of how the escalation was handled, and what follows from it; root causes are in the RCA."""

    participants: Annotated[
        tuple[Name, ...],
        Field(min_length=1, max_length=ENTRIES, description="Who took part in the review; guests, too."),
    ]
    """Customers and guests need not be in the playbook."""
    findings: Annotated[
        _Texts, Field(min_length=1, description="What you found out about how it was handled.")
    ]
    improvements: Annotated[_Texts, Field(description="What you will do better next time.")] = ()
    concessions: Annotated[
        tuple[Concession, ...],
        Field(max_length=ENTRIES, description="What the customer was given, such as a credit."),
    ] = ()
    training: Annotated[_Texts, Field(description="What somebody needs to learn.")] = ()
    documentation: Annotated[_Texts, Field(description="What needs to be written down.")] = ()
    actions: Annotated[
        tuple[ActionItem, ...],
        Field(max_length=ENTRIES, description="Who does what, by when; each is tracked until it is done."),
    ] = ()
    notes: Annotated[InternalText, Field(description="What else you want to keep.")] = NO_NOTE
    """Of a Markdown file, what stands below its head."""
