"""The sections of an internal RCA, as its Markdown file has them: one table for whoever writes and whoever reads it."""

from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    TEXT = auto()
    ITEMS = auto()
    """``- one`` and further lines, indented."""
    MOMENTS = auto()
    """``- 2026-11-20 09:00: what``"""
    CHAINS = auto()
    """``### problem``, then ``1. because``"""
    ACTIONS = auto()
    """``### what``, then ``- owner: …``"""


class Section(NamedTuple):
    field: str
    heading: str
    kind: Kind
    hint: str
    is_required: bool = True


SECTIONS = (
    Section("summary", "Summary", Kind.TEXT, "What happened, in a few sentences, for our own people."),
    Section(
        "timeline",
        "Timeline",
        Kind.MOMENTS,
        "Proposed from the record; times in UTC. Add what the record does not know, and drop what explains nothing.",
    ),
    Section(
        "root_causes",
        "Root causes",
        Kind.ITEMS,
        "One to a line, `- the cause`; or leave it empty, and the chains of whys below end in them.",
        is_required=False,
    ),
    Section(
        "five_whys",
        "Five whys",
        Kind.CHAINS,
        "`### What went wrong`, then `1. why`, `2. and why that`; the last why is a root cause. Repeat for more.",
        is_required=False,
    ),
    Section("contributing_factors", "Contributing factors", Kind.ITEMS, "What made it likelier or worse."),
    Section("went_well", "What went well", Kind.ITEMS, "In the handling; to be kept."),
    Section("went_badly", "What went badly", Kind.ITEMS, "In the handling; to be changed."),
    Section(
        "corrective_actions",
        "Corrective actions",
        Kind.ACTIONS,
        "`### What is done`, then `- owner: PERSON`, `- due: 2030-01-31` and, if customers may read of it,"
        " `- for customers: …`.",
    ),
    Section(
        "summary_for_customers",
        "Summary for customers",
        Kind.TEXT,
        "What happened and why, in words that every affected customer may read. Nothing of the above reaches them.",
    ),
)
CAUSES = ("root_causes", "five_whys")
"""One of the two must be there."""
BY_HEADING = {section.heading.casefold(): section for section in SECTIONS}
ACTION_FIELDS = {"owner": "owner", "due": "due", "for customers": "for_customers"}
FRONT_MATTER = ("escalation", "problem_records", "links")
