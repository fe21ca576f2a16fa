"""
The papers that go with a message: what customers are told of a root cause, as a PDF to keep.

Says which messages carry one and what it is called. How it looks is known to `documents`.
"""

import re
from datetime import datetime

from activities.wording import zone_of
from channels.protocol import Attachment
from documents.layout import as_pdf
from documents.paper import About, customer_paper
from escalation.effects import CustomerFacts, CustomerNotice, InternalNotice, Occasion, Recipient
from escalation.request import CustomerRca

_NOT_IN_A_FILE_NAME = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_NAME = 80


def has_papers(notice: InternalNotice | CustomerNotice) -> bool:
    return isinstance(notice, CustomerNotice) and notice.occasion is Occasion.RCA


def papers_for(
    notice: InternalNotice | CustomerNotice, recipient: Recipient, written_at: datetime
) -> tuple[Attachment, ...]:
    """
    What goes with *notice*, in the language of *recipient* (CLOSE-4).

    Raises:
        CannotLayOut: If it cannot be made.
    """
    facts = notice.facts
    if not (has_papers(notice) and isinstance(facts, CustomerFacts) and facts.text):
        return ()
    zone = zone_of(recipient.time_zone)
    about = About(facts.reference, facts.subject, facts.priority, written_at, recipient.language, zone)
    paper = customer_paper(about, CustomerRca(summary=facts.text, actions=facts.actions))
    return (
        Attachment(name=_file_name(facts.reference), media_type="application/pdf", content=as_pdf(paper)),
    )


def _file_name(reference: str) -> str:
    """`ACME-4711-rca.pdf`"""
    return f"{_NOT_IN_A_FILE_NAME.sub('-', reference)[:_LONGEST_NAME].strip('-')}-rca.pdf"
