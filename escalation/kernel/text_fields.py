"""Fields for what people add to a move in their own words."""

from typing import Annotated

from pydantic import Field

from escalation.kernel.values import InternalText


class ReadByCustomers:
    """Mark in the declaration of a field that is no text for customers, but whose value their message says."""


READ_BY_CUSTOMERS = ReadByCustomers()

Note = Annotated[InternalText, Field(description="What you want to add, for our own people.")]

WhyText = Annotated[
    InternalText, Field(min_length=1, description="Why, in your own words; only our own people read it.")
]

OptionalWhyText = Annotated[
    InternalText, Field(description="Why, in your own words; only our own people read it.")
]
