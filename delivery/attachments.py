"""
Papers that go with a message: the RCA for customers, as a PDF to keep; the review pack, as a page.

Says which messages carry one and what it is called. How they look is known to `documents` and `records`.
"""

import gzip
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from channels.protocol import Attachment
from documents.layout import as_html, as_pdf, boxes_in
from documents.rca_paper import PaperContext, customer_paper
from escalation.case.rca_content import CustomerRca
from escalation.kernel.values import CustomerText
from escalation.notifications.notification import (
    CustomerFacts,
    InternalFacts,
    Notification,
    Occasion,
    ReviewPack,
)
from escalation.policy.people import Recipient
from messages.formats import zone_of

_NOT_IN_A_FILE_NAME = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_NAME = 80


def has_attachments(notice: Notification) -> bool:
    return notice.occasion in {Occasion.RCA, Occasion.REVIEW_PACK}


def attachments_for(
    notices: Sequence[Notification], recipient: Recipient, written_at: datetime
) -> tuple[Attachment, ...]:
    """
    Return what goes with *notices*, in the language of *recipient* (CLOSE-4). A PDF that would show boxes, for
    characters that no font has, goes as a page of HTML: its reader's machine may well have them.

    Raises:
        CannotLayOut: If it cannot be made.
    """
    return tuple(paper for notice in notices for paper in _papers(notice, recipient, written_at))


def _papers(notice: Notification, recipient: Recipient, written_at: datetime) -> Iterator[Attachment]:
    match notice.facts:
        case CustomerFacts(text=CustomerText() as text) as facts if has_attachments(notice):
            yield _rca(facts, text, recipient, written_at)
        case InternalFacts(review=ReviewPack() as pack):
            page = gzip.decompress(pack.page)
            yield Attachment(name=f"review-{pack.first}.html", media_type="text/html", content=page)
        case _:
            pass


def _rca(facts: CustomerFacts, text: CustomerText, recipient: Recipient, written_at: datetime) -> Attachment:
    zone = zone_of(recipient.time_zone)
    about = PaperContext(facts.reference, facts.subject, facts.priority, written_at, recipient.language, zone)
    paper = customer_paper(about, CustomerRca(summary=text, actions=facts.actions))
    name = _file_name(facts.reference)
    if boxes_in(paper):
        return Attachment(name=f"{name}.html", media_type="text/html", content=as_html(paper).encode())
    return Attachment(name=f"{name}.pdf", media_type="application/pdf", content=as_pdf(paper))


def _file_name(reference: str) -> str:
    """`ACME-4711-rca`"""
    return f"{_NOT_IN_A_FILE_NAME.sub('-', reference)[:_LONGEST_NAME].strip('-')}-rca"
