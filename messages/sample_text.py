"""
Samples: a message in words before it is sent, for whoever looks at what a move would do.

It must not know moves. A link is made for one message that is sent: in a sample, words stand in its place.
"""

from escalation.notifications.links import AnyLink, CasePage, destination_of, link_for
from escalation.policy.people import Recipient
from messages.renderer import MessageRenderer, Notice
from messages.templates import TemplateFault

_OWN_LINK, _CASE_PAGE = "https://a-link-of-their-own.invalid/", "https://the-page-of-the-case.invalid/"
"""Stand for each link while a template is at work: a button without an address is none."""


class SampleWriter:
    """Writes samples by the templates of *renderer*. *has_links*: the messages that are sent carry links."""

    def __init__(self, renderer: MessageRenderer, *, has_links: bool) -> None:
        self._renderer = renderer
        self._has_links = has_links

    def write(self, notice: Notice, to: Recipient) -> tuple[str, str]:
        """Return subject and text of *notice*; where its template does not work, what is wrong with it."""
        link, page = self._address_of(link_for(notice, to)), self._address_of(destination_of(notice, to))
        try:
            written = self._renderer.render(notice, to, link, page)
            words = self._renderer.templates.catalogue(written.language)
        except TemplateFault as fault:
            return "", str(fault)
        text = written.text.replace(_OWN_LINK, words.word("sample", "own_link"))
        return written.subject, text.replace(_CASE_PAGE, words.word("sample", "case_page"))

    def _address_of(self, link: AnyLink | None) -> str:
        if link is None or not self._has_links:
            return ""
        return _CASE_PAGE if isinstance(link, CasePage) else _OWN_LINK
