"""
Samples: a message in words before it is sent, for whoever looks at what a move would do.

It must not know moves. A link is made for one message that is sent: in a sample, words stand in its place.
"""

from escalation.notifications.links import Link, PageLink, link_for, page_for
from escalation.policy.people import Recipient
from messages.renderer import MessageRenderer, Notice
from messages.templates import TemplateFault

_ADDRESS = "https://a-link-of-their-own.invalid/"
"""Stands for each link while a template is at work: a button without an address is none."""


class SampleWriter:
    """Writes samples by the templates of *renderer*. *has_links*: the messages that are sent carry links."""

    def __init__(self, renderer: MessageRenderer, *, has_links: bool) -> None:
        self._renderer = renderer
        self._has_links = has_links

    def write(self, notice: Notice, to: Recipient) -> tuple[str, str]:
        """Return subject and text of *notice*; where its template does not work, what is wrong with it."""
        link, page = self._address_of(link_for(notice, to)), self._address_of(page_for(notice, to))
        try:
            written = self._renderer.render(notice, to, link, page)
            own_link = self._renderer.templates.catalogue(written.language).word("sample", "own_link")
        except TemplateFault as fault:
            return "", str(fault)
        return written.subject, written.text.replace(_ADDRESS, own_link)

    def _address_of(self, link: Link | PageLink | None) -> str:
        return _ADDRESS if link and self._has_links else ""
