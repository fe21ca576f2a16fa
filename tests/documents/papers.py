"""
RCAs as people write them, and papers of them, with what a test does not care about filled in.
"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.rca_paper import PaperContext
from escalation.case.rca_content import InternalRca
from escalation.kernel.values import CustomerText
from escalation.policy.classification import Priority

MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
FILE = """\
---
escalation: ACME/4711
problem_records: [PRB-77]
links:
  - {what: The photographs, url: "https://example.com/photos"}
---

# Root cause analysis of ACME/4711

## Summary

Two deliveries
arrived wet.

## Timeline

- 2026-11-20 09:00: it began
- 2026-11-20 16:30 +07:00: it ended

## Five whys

### The pallets were wet

1. They were loaded in the rain
2. The bay has no roof

## Contributing factors

<!-- What made it likelier
or worse. -->

## What went well

- The replacement left within a day

## What went badly

## Corrective actions

### Build a roof over bay 3

- owner: daniel
- due: 2027-03-31
- for customers: We build a roof

## Summary for customers

Your pallets became wet.
"""


def a_full_rca(**changes: Any) -> InternalRca:
    return InternalRca.model_validate(
        {
            "summary": "Two deliveries arrived wet.",
            "timeline": [{"at": MORNING, "what": "it began"}],
            "root_causes": ["The bay has no roof"],
            "five_whys": [{"problem": "The pallets were wet", "whys": ["They were loaded in the rain"]}],
            "contributing_factors": ["The carrier was changed"],
            "went_well": ["The replacement left within a day"],
            "went_badly": ["Nobody called"],
            "corrective_actions": [
                {
                    "what": "Build a roof",
                    "owner": "daniel",
                    "due": "2027-03-31",
                    "for_customers": "We build a roof",
                }
            ],
            "problem_records": ["PRB-77"],
            "links": [{"what": "The photographs", "url": "https://example.com/photos?x=1&y=2"}],
            "summary_for_customers": "Your pallets became wet.",
        }
        | changes
    )


def about(language: str = "en", zone: str = "UTC", subject: str = "Wet pallets") -> PaperContext:
    return PaperContext("ACME/4711", CustomerText(subject), Priority.P1, MORNING, language, ZoneInfo(zone))
