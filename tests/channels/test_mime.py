"""
Letters as e-mail: exact, threaded, and safe whatever they say.
"""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.loopback_mailbox import ReceivedMessage
from channels.mime import NAME_LENGTH, SUBJECT_LENGTH, Sender, compose_mail
from channels.protocol import Attachment, OutboundMessage
from escalation.kernel.email_address import BadEmailAddress, Mailbox
from messages.harmless_text import to_one_line, to_plain_lines
from tests.channels.builders import a_letter

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SENDER = Sender(Mailbox("escalations", "vendor.example"), "Vendor Escalations")
PLAIN_HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Idempotency-Key",
    "X-Escalation",
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400) | st.lists(
    st.sampled_from(
        ["\r\n", "\n", " ", "  ", "Bcc: eve@example.com", "=?utf-8?q?x?=", '"', "\\", "ğ", ".", "a" * 80, "é"]
    )
).map("".join)


def wire(letter: OutboundMessage) -> bytes:
    return compose_mail(letter, Mailbox.parse(letter.to_address), SENDER, NOON)


def read(letter: OutboundMessage) -> ReceivedMessage:
    return ReceivedMessage("", (), wire(letter))


def test_plain_letter_is_composed_exactly_so() -> None:
    """COMM-12: every byte is decided by the letter, the sender and the time."""
    assert wire(a_letter(language="tr", urgent=True)).decode("ascii").split("\r\n") == [
        'From: "Vendor Escalations"',
        " <escalations@vendor.example>",
        'To: "Ana Lima"',
        " <ana@example.com>",
        "Subject: ACME/4711: we are on it",
        "Date: Mon, 02 Mar 2026 12:00:00 +0000",
        "Message-ID: <7d2ff07e91ec15204d6d4b87b3fc4ac8@vendor.example>",
        "In-Reply-To: <d41179760e7f1253e35561cc365f4b11@vendor.example>",
        "References: <d41179760e7f1253e35561cc365f4b11@vendor.example>",
        "Idempotency-Key: ACME/4711:first_notification:ana:email",
        "X-Escalation: ACME/4711",
        "Auto-Submitted: auto-generated",
        "Content-Language: tr",
        "Importance: high",
        "X-Priority: 1",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "MIME-Version: 1.0",
        "",
        "Dear Ana,",
        "",
        "we are on it.",
        "",
    ]


def test_letters_of_one_escalation_form_one_thread() -> None:
    """COMM-12: each letter has an identifier of its own and answers the same root, also across processes and
    restarts."""
    first, second = a_letter(key="first"), a_letter(key="second")
    elsewhere = a_letter(key="first", thread="ACME/4712")

    assert SENDER.message_id(first) != SENDER.message_id(second)
    assert SENDER.thread_id(first) == SENDER.thread_id(second)
    assert SENDER.thread_id(first) != SENDER.thread_id(elsewhere)
    assert (
        SENDER.thread_id(first) == read(second).message["References"] == read(second).message["In-Reply-To"]
    )


def test_letter_with_html_carries_both_forms_plain_first() -> None:
    """COMM-9: a client shows the last alternative that it can."""
    letter = read(a_letter(text="Merhaba Özge", html="<p>Merhaba <b>Özge</b></p>"))

    assert "multipart/alternative" == letter.message.get_content_type()
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in letter.message.iter_parts()]
    assert ("Merhaba Özge\n", "<p>Merhaba <b>Özge</b></p>\n") == (letter.text, letter.html)


@pytest.mark.parametrize("field", ["subject", "to_name"])
def test_line_ends_cannot_add_a_header(field: str) -> None:
    """COMM-6: what strangers wrote stays inside its header."""
    letter = read(a_letter(**{field: "down\r\nBcc: eve@example.com\r\n\r\nGarbage\u202e\x00\x1b[0m"}))

    shown = letter.subject if field == "subject" else letter.to_name
    assert PLAIN_HEADERS == letter.message.keys()
    assert "down Bcc: eve@example.com Garbage[0m" == shown


def test_name_that_looks_like_an_address_stays_a_name() -> None:
    """COMM-6: nobody is added to the recipients by a name."""
    letter = read(a_letter(to_name='Ana" <eve@example.com>, "Eve'))

    assert ("ana@example.com",) == tuple(each.addr_spec for each in letter.message["To"].addresses)
    assert 'Ana" <eve@example.com>, "Eve' == letter.to_name


def test_text_that_looks_encoded_is_shown_as_it_was_written() -> None:
    """COMM-6: an encoded word from outside is text, and is not decoded into something else."""
    letter = read(a_letter(subject="=?utf-8?b?QmNjOiBldmU=?=", to_name="=?utf-8?q?The_Boss?="))

    assert ("=?utf-8?b?QmNjOiBldmU=?=", "=?utf-8?q?The_Boss?=") == (letter.subject, letter.to_name)


@given(subject=ANY_TEXT, name=ANY_TEXT, text=ANY_TEXT, html=st.none() | ANY_TEXT)
def test_any_text_arrives_as_it_is_and_stays_in_its_place(
    subject: str, name: str, text: str, html: str | None
) -> None:
    """COMM-6, COMM-9: whatever a letter says, it is read as it was written, less what is harmful."""
    letter = read(a_letter(subject=subject, to_name=name, text=text, html=html))

    expected = (
        PLAIN_HEADERS if html is None else [name for name in PLAIN_HEADERS if not name.endswith("Encoding")]
    )
    assert sorted(expected) == sorted(letter.message.keys())
    assert to_one_line(subject, at_most=SUBJECT_LENGTH) == letter.subject
    assert to_one_line(name, at_most=NAME_LENGTH) == letter.to_name
    assert to_plain_lines(text).rstrip("\n") == letter.text.rstrip("\n")
    assert html is None or to_plain_lines(html).rstrip("\n") == (letter.html or "").rstrip("\n")
    assert all(
        len(line) <= 78 for line in letter.raw.split(b"\r\n\r\n")[0].split(b"\r\n") if b"=?utf-8?b?" in line
    )
    assert all(len(line) <= 998 for line in letter.raw.split(b"\r\n"))
    assert letter.raw.isascii()
    assert b"\n" not in letter.raw.replace(b"\r\n", b"")


@given(key=st.text(min_size=1, max_size=300).filter(str.isprintable))
def test_any_key_is_carried_unchanged(key: str) -> None:
    """COMM-12: a receiver that drops repeats compares the key letter by letter."""
    assert key == read(a_letter(key=key)).key


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ana@example.com", "ana@example.com"),
        ("a.b+c@EXAMPLE.com", "a.b+c@example.com"),  # only the domain ignores case
        ("root@localhost", "root@localhost"),
        ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),
        ("özge@example.com", "özge@example.com"),
        ("o\u0308zge@example.com", "özge@example.com"),  # however it was typed
    ],
)
def test_address_is_read(text: str, address: str) -> None:
    """COMM-11: domains in any script are reached by every server, in their ASCII form."""
    assert address == str(Mailbox.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "@example.com",
        "ana@",
        "ana@example..com",
        "ana@-example.com",
        "a na@example.com",
        "ana@example.com\r\nRCPT TO:<eve@example.com>",
        "ana@example.com> SIZE=1",
        "ana@example.com,eve@example.com",
        "Ana <ana@example.com>",
        "ana@exa\u202emple.com",
        ".ana@example.com",
        "ana@[127.0.0.1]",
        '"a b"@example.com',
        "ana@straße.example",  # the standard library would write to strasse.example, who is somebody else
        f"{'a' * 65}@example.com",
        f"ana@{'a.' * 130}com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """COMM-13: a bad address is found before the mail server is asked."""
    with pytest.raises(BadEmailAddress, match=r"an e-mail address, name@host|ASCII form"):
        Mailbox.parse(text)


def test_words_of_a_customer_are_in_no_repr() -> None:
    """COMM-6: what is logged by mistake names the letter, not what it says."""
    shown = repr(a_letter(subject="SECRET", text="SECRET", html="SECRET"))

    assert "SECRET" not in shown
    assert "ACME/4711:first_notification:ana:email" in shown


def test_composed_names_are_sent_composed() -> None:
    """COMM-9: letters with marks arrive in the form that search and comparison expect."""
    assert unicodedata.is_normalized("NFC", read(a_letter(to_name="S\u0327u\u0308kru\u0308")).to_name)


def test_papers_go_beside_the_text() -> None:
    """CLOSE-4: whole, under their names; text and HTML stay what the reader sees first."""
    paper = Attachment(name="ACME-4711-rca.pdf", media_type="application/pdf", content=bytes(range(256)) * 50)

    letter = read(a_letter(html="<p>Dear Ana</p>", attachments=(paper,)))

    assert "multipart/mixed" == letter.message.get_content_type()
    assert {"ACME-4711-rca.pdf": paper.content} == letter.attachments
    assert ("Dear Ana,\n\nwe are on it.\n", "<p>Dear Ana</p>") == (letter.text, (letter.html or "").strip())
    assert max(map(len, wire(a_letter(attachments=(paper,))).split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "name", ["", "../x.pdf", 'a".pdf', "a\r\nBcc: eve@example.com", ".pdf", "a b.pdf", "x" * 101]
)
def test_a_file_name_can_forge_nothing(name: str) -> None:
    """COMM-13: no path, no header."""
    with pytest.raises(ValueError, match="name"):
        Attachment(name=name, media_type="application/pdf", content=b"")


def test_letter_says_where_answers_go_and_what_must_not_answer_by_itself() -> None:
    """COMM-10: a customer's answer reaches a desk, an absence note does not."""
    sender = Sender(
        Mailbox("escalations", "vendor.example"),
        "Vendör Support",
        reply_to=Mailbox("desk", "vendor.example"),
        auto_response_suppress="OOF, AutoReply",
    )
    letter = ReceivedMessage("", (), compose_mail(a_letter(), Mailbox.parse("ana@example.com"), sender, NOON))

    assert "desk@vendor.example" == letter.message["Reply-To"].addresses[0].addr_spec
    assert "Vendör Support" == letter.message["From"].addresses[0].display_name
    assert "OOF, AutoReply" == letter.message["X-Auto-Response-Suppress"]
    assert "auto-generated" == letter.message["Auto-Submitted"]
