"""
What goes with a message on paper.
"""

from activities.examples import AT, example
from activities.papers import papers_for
from escalation.effects import Occasion


def test_a_review_pack_goes_with_its_message_as_a_page() -> None:
    """
    RECORD-3: to open in a browser, and to print.
    """
    notice = example("internal", Occasion.REVIEW_PACK)

    (page,) = papers_for((notice,), notice.to[0], AT)

    assert ("review-2026-11-16.html", "text/html") == (page.name, page.media_type)
    assert b"<!doctype html>" == page.content


def test_what_waited_and_leaves_with_others_keeps_its_paper() -> None:
    """
    COMM-12: bundled, never lost.
    """
    notices = tuple(example("internal", each) for each in (Occasion.UPDATE, Occasion.REVIEW_PACK))

    assert ["review-2026-11-16.html"] == [each.name for each in papers_for(notices, notices[0].to[0], AT)]
