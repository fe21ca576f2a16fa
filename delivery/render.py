"""
Stage Render: a message gets its text, in the language of its recipient, and what is attached to it.

A template of the organisation's own that does not work must not keep anybody from a message: ours is used, and the
log says so. A paper that cannot be made is left out, since the message says the same.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from channels.protocol import Attachment
from delivery.attachments import attachments_for, has_attachments
from delivery.batch_progress import Outcome
from delivery.recipient_message import Message
from delivery.stage import Stage
from documents.layout import CannotLayOut
from escalation.notifications.links import AnyLink, destination_of, link_for
from messages.renderer import MessageRenderer, RenderedMessage
from messages.templates import TemplateFault

_AS_SHIPPED = MessageRenderer()

log = structlog.get_logger(__name__)


class Render(Stage):
    """*address_of* says where a link leads; without it messages carry none."""

    def __init__(
        self,
        renderer: MessageRenderer,
        address_of: Callable[[AnyLink], str] | None,
        written_at: datetime,
    ) -> None:
        self._renderer = renderer
        self._address_of = address_of
        self._written_at = written_at

    async def handle(self, message: Message) -> Message | Outcome:
        try:
            rendered = self._render(message)
        except TemplateFault as fault:
            message.log_failure(type(fault).__name__)
            return message.undelivered((str(fault),))
        return replace(message, rendered=rendered, attachments=await self._attachments_of(message))

    def _render(self, message: Message) -> RenderedMessage:
        notices = [(notice, message.recipient) for notice in message.notices]
        links = [self._link_of(link_for(*each)) for each in notices]
        pages = [self._link_of(destination_of(*each)) for each in notices]
        try:
            return self._renderer.render_digest(notices, links, pages)
        except TemplateFault:
            if self._renderer.are_as_shipped:
                raise
            log.warning("own_text_broken", **message.log_fields, find_it_with="escalate message check")
            return _AS_SHIPPED.render_digest(notices, links, pages)

    def _link_of(self, link: AnyLink | None) -> str:
        return self._address_of(link) if link and self._address_of else ""

    async def _attachments_of(self, message: Message) -> tuple[Attachment, ...]:
        """Render in a thread of its own, because it takes long."""
        notices = tuple(filter(has_attachments, message.notices))
        if not notices:
            return ()
        try:
            return await asyncio.to_thread(attachments_for, notices, message.recipient, self._written_at)
        except CannotLayOut as fault:
            message.log_failure(type(fault).__name__)
            return ()
