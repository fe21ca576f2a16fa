"""Papers that go with a message."""

from dataclasses import replace

import pytest

from delivery.attachments import attachments_for
from escalation.kernel.values import CustomerText
from escalation.notifications.notification import CustomerNotification, Occasion
from messages.examples import AT, make_example


def test_a_review_pack_goes_with_its_message_as_a_page() -> None:
    """RECORD-3: to open in a browser, and to print."""
    notice = make_example("internal", Occasion.REVIEW_PACK)

    (page,) = attachments_for((notice,), notice.to[0], AT)

    assert ("review-2026-11-16.html", "text/html") == (page.name, page.media_type)
    assert b"<!doctype html>" == page.content


def test_what_waited_and_leaves_with_others_keeps_its_paper() -> None:
    """COMM-12: bundled, never lost."""
    notices = tuple(make_example("internal", each) for each in (Occasion.UPDATE, Occasion.REVIEW_PACK))

    assert ["review-2026-11-16.html"] == [
        each.name for each in attachments_for(notices, notices[0].to[0], AT)
    ]


@pytest.mark.parametrize(
    ("said", "name", "media_type"),
    [
        ("A certificate ran out.", "ACME-4711-rca.pdf", "application/pdf"),
        (
            "A certificate ran out: \U0010fffe.",
            "ACME-4711-rca.html",
            "text/html",
        ),  # for private use: in no font
    ],
)
def test_an_rca_that_a_pdf_cannot_show_goes_as_a_page(said: str, name: str, media_type: str) -> None:
    """CLOSE-4: no customer reads boxes; their own machine may have the fonts that a worker lacks."""
    notice = make_example("customer", Occasion.RCA)
    assert isinstance(notice, CustomerNotification)
    notice = replace(notice, facts=replace(notice.facts, text=CustomerText(said)))

    (paper,) = attachments_for((notice,), notice.to[0], AT)

    assert (name, media_type) == (paper.name, paper.media_type)
    assert media_type != "text/html" or said in paper.content.decode()
