"""
Samples: a message in words before it is sent, for whoever looks at what a move would do.

It must not know moves. A sample has no link, because a link is made for one message that is sent.
"""

from escalation.policy.people import Recipient
from messages.renderer import MessageRenderer, Notice
from messages.templates import TemplateFault


class SampleWriter:
    """Writes samples by the templates of *renderer*."""

    def __init__(self, renderer: MessageRenderer) -> None:
        self._renderer = renderer

    def write(self, notice: Notice, to: Recipient) -> tuple[str, str]:
        """Return subject and text of *notice*; where its template does not work, what is wrong with it."""
        try:
            written = self._renderer.render(notice, to)
        except TemplateFault as fault:
            return "", str(fault)
        return written.subject, written.text
