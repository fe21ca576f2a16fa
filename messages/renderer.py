"""
Render a message: a notification and one recipient become a subject, a text and a page of HTML.

Owns which facts a template can name. It must not know addresses, channels or rules. What customers wrote is data
here: it is put in, never run, and makes no line and no mark of its own.

A template can name the facts of its notice and what is in `_OF_EVERY_TEXT`, nothing else (COMM-6).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from markupsafe import Markup

from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Reason, Term, reason
from escalation.kernel.values import ENGINE, LONGEST_TEXT
from escalation.measures.definitions import BY_NAME
from escalation.notifications.notification import (
    CustomerFacts,
    CustomerNotification,
    InternalFacts,
    InternalNotification,
    ReviewPack,
    reference_of,
)
from escalation.policy.classification import Degree
from escalation.policy.people import Recipient
from escalation.policy.translations import text_for
from escalation.sponsorship.state import account_of
from messages.formats import CodeText, Formats, zone_of
from messages.harmless_text import to_one_line, to_plain_lines
from messages.markup import Part, PartKind, parts_of, to_plain_text, unescape_marks
from messages.templates import DIGEST, TemplateEnvironment, TemplateFault, Templates

_LONGEST_REASON = 300
_KEEPS_ITS_LINES = "text"
_OF_EVERY_TEXT = frozenset(
    {"occasion", "recipient", "accounts", "link", "page", "is_reachable", "is_in_digest"}
)
_OF_NO_TEXT = frozenset({"texts"})
"""Facts from which one is chosen for each reader, before a template sees them."""
WAYS_TO_US = ("link", "page", "telephone", "email")
"""Ways by which a customer can answer; a template asks `is_reachable` for any of them (TALK-5)."""
_OF_A_DIGEST = frozenset({"recipient", "count", "references", "messages"})

Notice = InternalNotification | CustomerNotification


@dataclass(frozen=True)
class RenderedMessage:
    """One message as one person reads it."""

    subject: str
    text: str
    html: str
    language: str
    """In which it is written, whatever the recipient prefers."""
    link: str = ""
    """Address of its button, for media that have one: of buttons that stand together the first. Empty, if it has none,
    or some in several places."""
    link_label: str = ""


def template_variables(audience: str, name: str) -> frozenset[str]:
    """Return the names that the template *name* for *audience* can use."""
    if name == DIGEST:
        return _OF_A_DIGEST
    facts = CustomerFacts if audience == "customer" else InternalFacts
    return (frozenset(facts.__dataclass_fields__) - _OF_NO_TEXT) | _OF_EVERY_TEXT


class MessageRenderer:
    """
    The templates of *overrides*, a folder of the organisation's own, before those shipped.

    Raises:
        TemplateFault: If *overrides* is no folder.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        self.templates = Templates(overrides)
        self.are_as_shipped = overrides is None

    def render(self, notice: Notice, recipient: Recipient, link: str = "", page: str = "") -> RenderedMessage:
        """
        Write *notice* for *recipient*, dates in their time zone. *link*: where one click answers; empty, if nowhere.
        *page*: the page that it leads to, a customer's own or that of the console.

        Raises:
            TemplateFault: If there is no template, or it does not work.
        """
        world, source = self._source(notice, recipient, link, page)
        return self._text(world, notice.audience, notice.occasion, source)

    def render_digest(
        self,
        messages: Sequence[tuple[Notice, Recipient]],
        links: Sequence[str] = (),
        pages: Sequence[str] = (),
    ) -> RenderedMessage:
        """
        Write several messages to one person as one, which says everything that each of them would have said, in the
        order given. *links* and *pages*: one for each message, as for `render`; or none at all.

        Raises:
            TemplateFault: If the messages are for different people or audiences, or one of them cannot be written.
        """
        links, pages = (each or [""] * len(messages) for each in (links, pages))
        if len(messages) == 1:
            return self.render(*messages[0], links[0], pages[0])
        audience, recipient = _the_one_reader(messages)
        world = self.templates.world_for(audience, DIGEST, recipient.language)
        sources = (
            self._source(notice, recipient, link, page, is_in_digest=True)[1]
            for notice, link, page in zip(
                _promise_once([notice for notice, _ in messages]),
                links,
                _lead_once(audience, pages),
                strict=True,
            )
        )
        facts = {
            "recipient": to_one_line(recipient.name, at_most=LONGEST_TEXT),
            "count": len(messages),
            "references": tuple(dict.fromkeys(reference_of(notice) for notice, _ in messages)),
            "messages": tuple(_without_subject(source) for source in sources),
        }
        return self._text(world, audience, DIGEST, _written(world, audience, DIGEST, facts))

    def _source(
        self, notice: Notice, recipient: Recipient, link: str, page: str, *, is_in_digest: bool = False
    ) -> tuple[TemplateEnvironment, str]:
        world = self.templates.world_for(notice.audience, notice.occasion, recipient.language)
        about = {
            "occasion": notice.occasion.value,
            "recipient": to_one_line(recipient.name, at_most=LONGEST_TEXT),
            "accounts": to_one_line(", ".join(recipient.accounts), at_most=_LONGEST_REASON),
            "link": to_one_line(link, at_most=LONGEST_TEXT),
            "page": to_one_line(page, at_most=LONGEST_TEXT),
            "is_in_digest": is_in_digest,
        }
        facts = self.facts(notice, recipient) | about
        facts["is_reachable"] = any(facts.get(way) for way in WAYS_TO_US)
        return world, _written(world, notice.audience, notice.occasion, facts)

    def facts(self, notice: Notice, recipient: Recipient) -> dict[str, Any]:
        """The facts of *notice* as *recipient* reads them: texts and numbers, so that nothing leads on to other
        objects."""
        world = self.templates.world_for(notice.audience, notice.occasion, recipient.language)
        zone = zone_of(recipient.time_zone)
        facts = _in_language(_whole(notice.facts), recipient.language, world.language)
        return {name: _shown(name, value, world.wording, zone) for name, value in _as_terms(facts).items()}

    def _text(self, world: TemplateEnvironment, audience: str, name: str, source: str) -> RenderedMessage:
        subject, _, body = source.partition("\n")
        parts = parts_of(body)
        if not unescape_marks(subject) or not parts:
            raise TemplateFault(
                f"the text {_place(world, audience, name)} has no subject, or nothing after it"
            )
        title = to_one_line(unescape_marks(subject), at_most=LONGEST_TEXT)
        page = self._page(world, title, parts)
        return RenderedMessage(title, to_plain_text(parts), page, world.language, *_only_button(parts))

    def _page(self, world: TemplateEnvironment, title: str, parts: Sequence[Part]) -> str:
        wording = world.wording
        shown = [(part.kind.value, _headed(part, wording)) for part in parts]
        try:
            return self.templates.frame.render(
                title=title, parts=shown, language=world.language, direction=wording.direction
            )
        except Exception as fault:
            raise TemplateFault(f"the page frame.html cannot be written: {_reason(fault)}") from fault


def _only_button(parts: Sequence[Part]) -> tuple[str, str]:
    """Return the address and the label of the first button; nothing, unless all stand together."""
    buttons = [part.rows[0] for part in parts if part.kind is PartKind.BUTTON]
    return (buttons[0][1], buttons[0][0]) if len(buttons) == 1 else ("", "")


def _written(world: TemplateEnvironment, audience: str, name: str, facts: Mapping[str, Any]) -> str:
    """Render the facts by the template: a subject, and lines with marks."""
    try:
        return world.environment.get_template(f"{name}.txt").render(facts).strip()
    except Exception as fault:
        raise TemplateFault(
            f"the text {_place(world, audience, name)} cannot be written: {_reason(fault)}"
        ) from fault


def _without_subject(source: str) -> Markup:
    return Markup(source.partition("\n")[2])  # noqa: S704 (no HTML, and its values are guarded)


def _place(world: TemplateEnvironment, audience: str, name: str) -> str:
    return f"{world.language}/{audience}/{name}.txt"


def _headed(part: Part, wording: Formats) -> tuple[tuple[str, ...], ...]:
    """Headings begin with a capital, though what they are made of goes on after a comma elsewhere."""
    if part.kind is PartKind.HEADING:
        return tuple((wording.capital(text),) for (text,) in part.rows)
    return part.rows


def _promise_once(notices: Sequence[Notice]) -> Iterator[Notice]:
    """Yield *notices* with the time of the next update in the last one alone that promises it for its case."""
    last = {reference_of(each): number for number, each in enumerate(notices) if each.facts.next_update_at}
    for number, notice in enumerate(notices):
        if isinstance(notice, CustomerNotification) and last.get(notice.facts.reference, number) != number:
            yield replace(notice, facts=replace(notice.facts, next_update_at=None))
        else:
            yield notice


def _lead_once(audience: str, pages: Sequence[str]) -> Sequence[str]:
    """Return *pages*; in a digest for our people each stands with the last message about its escalation alone."""
    if audience == "customer":  # each of their messages says how it can be answered
        return pages
    last = {page: number for number, page in enumerate(pages)}
    return [page if last[page] == number else "" for number, page in enumerate(pages)]


def _the_one_reader(messages: Sequence[tuple[Notice, Recipient]]) -> tuple[str, Recipient]:
    audiences = {notice.audience for notice, _ in messages}
    if len(audiences) != 1 or len({recipient.id for _, recipient in messages}) != 1:
        raise TemplateFault("a bundle is for one person of one audience")
    return audiences.pop(), messages[-1][1]


def _whole(facts: InternalFacts | CustomerFacts) -> InternalFacts | CustomerFacts:
    """With the account of a sponsorship: letters that wait since before there was this fact have it in the key."""
    if isinstance(facts, InternalFacts) and not (facts.account or facts.level):
        return replace(facts, account=account_of(facts.key))
    return facts


def _in_language(facts: InternalFacts | CustomerFacts, *languages: str) -> InternalFacts | CustomerFacts:
    """With the text that a reader of *languages* gets, where there are several."""
    if isinstance(facts, CustomerFacts) and facts.texts:
        return replace(facts, text=text_for(facts.texts, *languages) or facts.text)
    return facts


def _shown(name: str, value: Any, wording: Formats, zone: tzinfo) -> Any:
    match value:
        case None | bool() | int():
            return value
        case datetime():
            return wording.moment(value, zone)
        case ReviewPack():
            return _of_a_period(value, wording)
        case tuple():
            return tuple(to_one_line(wording.speaker(zone).say(each), at_most=LONGEST_TEXT) for each in value)
        case ClockName() | Degree() | Term():
            code = value.code if isinstance(value, Term) else value.value
            said = wording.speaker(zone).say(reason("as_written", value))
            return CodeText.of(
                to_one_line(code, at_most=LONGEST_TEXT), to_one_line(said, at_most=LONGEST_TEXT)
            )
        case Reason():
            return to_one_line(wording.speaker(zone).say(value), at_most=LONGEST_TEXT)
        case _ if name == _KEEPS_ITS_LINES:
            return to_plain_lines(str(value))
        case _:
            return to_one_line(str(value), at_most=LONGEST_TEXT)


def _as_terms(facts: InternalFacts | CustomerFacts) -> dict[str, Any]:
    """The facts by name; those that each language has a word for, as terms."""
    by_name = {name: getattr(facts, name) for name in facts.__dataclass_fields__ if name not in _OF_NO_TEXT}
    if isinstance(facts, InternalFacts):
        by_name["state"] = Term("SponsorshipState" if facts.account else "State", facts.state)
        by_name["by"] = Term("person", ENGINE) if facts.by == ENGINE else facts.by
    return by_name


def _of_a_period(pack: ReviewPack, wording: Formats) -> dict[str, Any]:
    """`figures` are what they are called and what they come to, `options` those of the command for the same days."""
    measures = ((BY_NAME[each.name], each.value) for each in pack.figures)
    return {
        "first": wording.day(pack.first),
        "last": wording.day(pack.last),
        "options": f"--from {pack.first} --to {pack.last} --tz {pack.time_zone}",
        "figures": tuple(
            (wording.catalogue.word("figure", each.name), wording.figure(each.unit, n))
            for each, n in measures
        ),
    }


def _reason(fault: Exception) -> str:
    return to_one_line(_said_by(fault), at_most=_LONGEST_REASON)


def _said_by(fault: Exception) -> str:
    match fault:
        case TemplateSyntaxError():
            return f"{fault.name}, line {fault.lineno}: {fault.message}"
        case TemplateNotFound():
            return f"there is no {fault.name}"
        case TemplateError():
            return fault.message or type(fault).__name__
        case _:
            return f"{type(fault).__name__}: {fault}"
