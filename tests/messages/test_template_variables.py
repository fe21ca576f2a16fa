"""Reach of a template and of a text from outside: nothing but its facts, and nothing at all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import meta

from escalation.kernel.values import CustomerText
from escalation.notifications.notification import CustomerFacts, InternalFacts, Occasion
from messages.examples import EXAMPLES, LINK, make_example
from messages.renderer import MessageRenderer, template_variables
from messages.templates import SHIPPED, TemplateFault, Templates
from tests.delivery.builders import ana, customer_facts, to_customers, to_us
from tests.messages.page import Page

SHIPPED_TEXTS = MessageRenderer()

EVERY_TEMPLATE = sorted(path.relative_to(SHIPPED) for path in SHIPPED.glob("*/*/*.txt"))
EVERY_MESSAGE = [(audience, each) for audience, occasions in EXAMPLES.items() for each in occasions]


@pytest.mark.parametrize(
    "name", sorted(set(InternalFacts.__dataclass_fields__) - set(CustomerFacts.__dataclass_fields__))
)
def test_internal_facts_cannot_be_named_in_a_customer_text(
    name: str, written: Callable[[str, str], Path]
) -> None:
    """COMM-6: a customer template that names one is an error, not an empty place."""
    folder = written("en/customer/case_received.txt", f"Subject\n\n{{{{ {name} }}}}")

    with pytest.raises(
        TemplateFault, match=rf"en/customer/case_received\.txt cannot be written: '{name}' is undefined"
    ):
        MessageRenderer(folder).render(to_customers(), ana())


@pytest.mark.parametrize(
    "content",
    [
        "{{ facts }}",
        "{{ notice }}",
        "{{ escalation }}",
        "{{ recipient.addresses }}",
        "{{ recipient.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ actions.__class__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ range(3) }}",
        "{{ '{0.__class__}'.format(subject) }}",
        "{% include '../internal/update.txt' %}",
        "{% include 'internal/update.txt' %}",
        "{% import 'assigned.txt' as ours %}",
        "{{ unclosed",
        "{% for %}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_customer_text_reaches_nothing_but_its_facts(
    content: str, written: Callable[[str, str], Path]
) -> None:
    """COMM-6: no way leads from a template to other objects, files or code; a template that does not work says so."""
    folder = written("en/customer/case_received.txt", f"Subject\n\n{content}")

    with pytest.raises(TemplateFault, match=r"en/customer/case_received\.txt cannot be written: "):
        MessageRenderer(folder).render(to_customers(), ana())


@pytest.mark.parametrize("path", EVERY_TEMPLATE, ids=str)
def test_every_template_names_the_facts_of_its_audience_alone(path: Path) -> None:
    """COMM-6: read without being run: whatever branch it takes, a template names nothing that it has not been
    given."""
    language, audience, name = path.parts
    environment = Templates().world(audience, language, language).environment

    named = meta.find_undeclared_variables(environment.parse((SHIPPED / path).read_text(encoding="utf-8")))

    assert set() == named - template_variables(audience, Path(name).stem)


def test_what_customers_can_be_told_holds_nothing_internal() -> None:
    """COMM-6: of all that an internal text can name, a customer's can name only what the facts for customers
    declare."""
    ours = set(InternalFacts.__dataclass_fields__) - set(CustomerFacts.__dataclass_fields__)

    assert {"key", "why", "by", "state", "level", "level_name", "items", "clock"} <= ours
    assert set() == ours & template_variables("customer", "case_received")
    assert set(CustomerFacts.__dataclass_fields__) - {"texts"} <= template_variables(
        "customer", "case_received"
    )


@pytest.mark.parametrize(
    "content",
    [
        "{{ text | safe }}",
        "{{ text | upper }}",
        "{{ link | urlize }}",
        "{{ text | tojson }}",
        "{{ text | attr('__class__') }}",
        "{{ next_update_at._at }}",
        "{{ urgency._said }}",
        "{{ apologise }}",
        "{{ actions }}",
        "{{ resolve_by }}",
    ],
)
def test_what_is_not_to_be_shown_is_refused(content: str, written: Callable[[str, str], Path]) -> None:
    """COMM-6: no filter makes a text from outside part of the frame, and what is not known is never shown as
    `None`."""
    folder = written("en/customer/case_received.txt", f"Subject\n\n{content}")

    with pytest.raises(TemplateFault, match=r"en/customer/case_received\.txt cannot be written: "):
        MessageRenderer(folder).render(to_customers(text="Hello"), ana())


@pytest.mark.parametrize("content", ["", "\n\n", "A subject alone\n", "\n\n{{ '' }}\n"])
def test_a_text_without_subject_or_body_does_not_leave(
    content: str, written: Callable[[str, str], Path]
) -> None:
    """COMM-1: an empty message tells nobody anything."""
    with pytest.raises(TemplateFault, match="no subject, or nothing after it"):
        MessageRenderer(written("en/customer/case_received.txt", content)).render(to_customers(), ana())


def test_what_customers_write_is_never_run() -> None:
    """COMM-6: template syntax in a customer's words comes out as it is."""
    words = "{{ owner }} {% include 'layout.txt' %} {# gone #} {{ 7 * 7 }}"
    text = SHIPPED_TEXTS.render(
        to_customers(occasion=Occasion.UPDATE, subject=words, text=words, owner=words), ana()
    )

    assert words in text.subject
    assert f"\n\n{words}\n\n" in text.text
    assert "49" not in text.text


def test_what_customers_write_cannot_pass_for_the_frame() -> None:
    """A newline in a subject or a name makes no line of its own; what turns text around is taken out."""
    facts = replace(
        customer_facts(),
        subject=CustomerText("Paid\r\nBcc: all@example.com\n\nDear Eve, \u202egnorw"),
        owner="Rita\nKind regards,",
        text=CustomerText("one\r\ntwo\u2028three\u202e\x1b[2J\x00"),
    )
    notice = replace(to_customers(occasion=Occasion.UPDATE), facts=facts)

    text = MessageRenderer().render(notice, ana(name="Ana\nLima\u2066"))

    assert text.subject.endswith(": Paid Bcc: all@example.com Dear Eve, gnorw")
    assert text.text.startswith("Dear Ana Lima,\n\none\ntwo\nthree[2J\n\n")
    assert "\n    Your contact   Rita Kind regards,\n" in text.text


@pytest.mark.parametrize("language", ["en", "id", "tr"])
@pytest.mark.parametrize(("audience", "occasion"), EVERY_MESSAGE)
def test_the_worst_text_makes_no_line_no_mark_and_no_tag(
    audience: str, occasion: Occasion, language: str
) -> None:
    """COMM-6: newlines, template syntax, HTML, bidirectional letters and our own marks come out as harmless text."""
    worst, mild = (
        make_example(audience, occasion, shape, language=language) for shape in ("hostile", "long")
    )

    text = SHIPPED_TEXTS.render(worst, worst.to[0], LINK)
    page, calm = Page(text.html), Page(SHIPPED_TEXTS.render(mild, mild.to[0], LINK).html)

    assert text.subject.replace("\u200d", "").isprintable()
    assert set() == set("\u202e\u2066\x00\x02\x03\x04\ud83d\r") & set(f"{text.subject}{text.text}{text.html}")
    assert calm.tags | {"br"} == page.tags | {"br"}
    assert calm.attributes == page.attributes
    assert [LINK] == page.addresses
    assert "<b onmouseover" in page.text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "/etc/passwd", "https://a.example/ x", ""]
)
def test_a_button_leads_to_the_web_or_nowhere(address: str) -> None:
    """A text that is no web address is shown as it is, and cannot be clicked."""
    text = SHIPPED_TEXTS.render(to_us(ana()), ana(), address)

    assert "<a " not in text.html


def test_a_label_from_outside_cannot_move_its_button(written: Callable[[str, str], Path]) -> None:
    """A template's marks are read around its values, never within them."""
    folder = written(
        "en/customer/case_received.txt",
        "Subject\n\n[{{ owner }}]({{ link }})\n\n| {{ subject }} | {{ owner }}",
    )
    owner = "x](https://evil.example/) | y"

    page = Page(MessageRenderer(folder).render(to_customers(owner=owner, subject="a | b"), ana(), LINK).html)

    assert [LINK] == page.addresses
    assert owner in page.text
