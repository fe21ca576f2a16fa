"""Contents of an RCA, as people write them: for our own people, and for customers (CLOSE-3)."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from escalation.kernel.budgets import ENTRIES, PROBLEM_RECORDS
from escalation.kernel.reasons import InvalidValue, reason
from escalation.kernel.values import NO_NOTE, CustomerText, Input, InputDay, InputInstant, InternalText, Name


class CorrectiveAction(Input):
    what: Annotated[InternalText, Field(min_length=1, description="What is to be done.")]
    owner: Annotated[Name, Field(description="Who does it.")]
    due: Annotated[InputDay, Field(description="The last day for it.")]
    for_customers: Annotated[
        CustomerText | None,
        Field(description="What customers read about this action. If omitted, they do not read of it."),
    ] = None


class RcaTimelineEntry(Input):
    """One line of an RCA's timeline."""

    at: Annotated[InputInstant, Field(description="When it happened.")]
    what: Annotated[InternalText, Field(min_length=1, max_length=2000, description="What happened.")]


class FiveWhys(Input):
    """A chain of five whys: what went wrong, and why, and why that; the last one is a root cause."""

    problem: Annotated[InternalText, Field(min_length=1, max_length=2000, description="What went wrong.")]
    whys: Annotated[
        tuple[InternalText, ...],
        Field(min_length=1, max_length=10, description="Why it did, and why that, until the root cause."),
    ]


WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


def _is_web_address(text: str) -> str:
    if not WEB_ADDRESS.fullmatch(text):
        raise InvalidValue(reason("allowed.web_address"))
    return text


class Reference(Input):
    """Something else to read about it."""

    what: Annotated[InternalText, Field(min_length=1, max_length=500, description="What can be read there.")]
    url: Annotated[
        str,
        Field(max_length=2000, description="The address, such as https://wiki.example/outage."),
        AfterValidator(_is_web_address),
    ]


class InternalRca(Input):
    """The internal root cause analysis; its timeline is proposed from the record (CLOSE-3)."""

    summary: Annotated[InternalText, Field(description="In a few sentences, for our own people.")] = NO_NOTE
    timeline: Annotated[
        tuple[RcaTimelineEntry, ...], Field(max_length=500, description="What happened, and when.")
    ] = ()
    root_causes: Annotated[
        tuple[InternalText, ...],
        Field(
            min_length=1, max_length=20, description="What made it happen, and would make it happen again."
        ),
    ]
    """Root causes; if omitted, the last whys of the chains."""
    five_whys: Annotated[
        tuple[FiveWhys, ...],
        Field(max_length=20, description="A problem, and why, and why that; the last why is a root cause."),
    ] = ()
    contributing_factors: Annotated[
        tuple[InternalText, ...],
        Field(max_length=ENTRIES, description="What made it worse, or more likely."),
    ] = ()
    went_well: Annotated[
        tuple[InternalText, ...],
        Field(max_length=ENTRIES, description="What helped, and should be done again."),
    ] = ()
    went_badly: Annotated[
        tuple[InternalText, ...], Field(max_length=ENTRIES, description="What cost time, or made it harder.")
    ] = ()
    corrective_actions: Annotated[
        tuple[CorrectiveAction, ...],
        Field(
            min_length=1,
            max_length=ENTRIES,
            description="What is done so that it does not happen again; each is tracked until it is done.",
        ),
    ]
    problem_records: Annotated[
        tuple[Name, ...],
        Field(
            max_length=PROBLEM_RECORDS,
            description="A problem record that looks for the cause, by its number.",
        ),
    ] = ()
    links: Annotated[
        tuple[Reference, ...], Field(max_length=ENTRIES, description="What else there is to read about it.")
    ] = ()
    summary_for_customers: Annotated[
        CustomerText | None,
        Field(description="What customers may know of it; the customer RCA begins with it."),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _causes_end_the_chains(cls, given: Any) -> Any:
        if isinstance(given, dict) and not given.get("root_causes") and (ends := _ends_of(given)):
            return given | {"root_causes": ends}
        return given


def _ends_of(given: dict[str, Any]) -> list[Any]:
    """Return the last why of each chain, as far as what was given is chains at all."""
    chains = given.get("five_whys")
    whys = [
        chain.get("whys") if isinstance(chain, dict) else getattr(chain, "whys", None)
        for chain in (chains if isinstance(chains, list | tuple) else ())
    ]
    return [chain[-1] for chain in whys if isinstance(chain, list | tuple) and chain]


class CustomerRca(Input):
    """The root cause analysis that customers read: every field is a customer text by type (CLOSE-4, COMM-6)."""

    summary: Annotated[
        CustomerText, Field(min_length=1, description="What happened and why, in words for customers.")
    ]
    actions: Annotated[
        tuple[CustomerText, ...],
        Field(max_length=ENTRIES, description="What you do so that it does not happen again."),
    ] = ()
