"""
Interface of every channel, and the four things that it can answer.

Owns the message as it is handed to a medium, and the result that comes back. It must not know any medium, template or
rule: a message arrives here finished. Whether to try again, by another channel or not at all, is for `delivery.send`.
"""

import re
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from escalation.kernel.language_tag import LanguageTag


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must hold printable characters only")
    return text


Identifier = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_printable)]
LINK = re.compile(r"https?://[^\s<>|]{1,1990}")
Link = Annotated[str, StringConstraints(pattern=f"^{LINK.pattern}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attachment(_Frozen):
    """A paper that goes with a message, by media that can carry one."""

    name: FileName
    media_type: MediaType
    content: bytes = Field(repr=False)


class OutboundMessage(_Frozen):
    """
    One message to one person by one channel, ready to leave.

    What customers wrote is kept out of `repr`, and so out of logs and tracebacks.
    """

    key: Identifier = Field(description="idempotency key: the same for every attempt at this message")
    thread: Identifier = Field(description="the escalation's id; its messages form one thread")
    to_name: str
    to_address: str = Field(
        description="the part of the address after the channel's name, as in `ana@example.com`"
    )
    subject: str = Field(repr=False)
    text: str = Field(repr=False)
    html: str | None = Field(default=None, repr=False)
    language: LanguageTag = "en"
    urgent: bool = False
    reference: str = Field(default="", description="the escalation's key, as people name it: `ACME/4711`")
    occasion: str = Field(
        default="", description="what the message is about, in a word: `first_notification`"
    )
    written_at: AwareDatetime | None = Field(default=None, description="the same for every attempt")
    link: Link | None = Field(
        default=None,
        repr=False,
        description="where its reader can act, which the text says too; media with buttons show it as one",
    )
    link_label: str = "Open"
    attachments: tuple[Attachment, ...] = Field(
        default=(), description="what says the same as the text, to be kept; media without them show the text"
    )


class Delivered(_Frozen):
    """The medium has taken the message over."""

    kind: Literal["delivered"] = "delivered"
    reference: str = Field(description="what the medium knows the message by, for example its Message-ID")


class Printed(_Frozen):
    """The message was written where the worker runs, and went to nobody: it is for whoever sits there."""

    kind: Literal["printed"] = "printed"


class RetryLater(_Frozen):
    """Not now: the same message, under the same key, may well get through later."""

    kind: Literal["later"] = "later"
    why: str
    after: timedelta | None = Field(
        default=None, description="how long the medium asked to wait, if it said so"
    )


class RefusedForGood(_Frozen):
    """Not by this channel to this address, however often it is tried (COMM-13)."""

    kind: Literal["never"] = "never"
    why: str


SendResult = Delivered | Printed | RetryLater | RefusedForGood


class Session(Protocol):
    """A channel while it is open. `send` may be called many times at once; the session bounds what it does in
    parallel."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Try once to deliver *message*. Trouble with delivery is an answer, never an exception."""
        ...


class Channel(ABC):
    """One medium, set up and ready."""

    name: str
    """Name of the channel in addresses: the `email` of `email:ana@example.com`."""

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[Session]:
        """Return a session for the messages of a batch, which share its connections. This touches no network yet."""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Try once to deliver one message, in a session of its own."""
        async with self.open() as session:
            return await session.send(message)
