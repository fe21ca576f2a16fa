"""E-mail addresses and language tags: one definition, wherever they are given."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from channels.protocol import OutboundMessage
from entrypoints.cli.option_values import parse_language
from escalation.case.request import CustomerContact
from escalation.kernel.email_address import Mailbox
from escalation.kernel.refusals import EscalationError
from escalation.kernel.values import from_plain
from escalation.measures.report_schedule import ReportSchedule
from planning.plan.report_readers import read_schedule, readers_of
from planning.playbook.loader import load_playbook
from planning.playbook.people_spec import PersonSpec
from planning.playbook.value_types import Address
from runtime.errors import SettingsFault
from runtime.settings import Settings
from tests.channels.builders import a_letter
from tests.planning.builders import REFERENCE

PLAYBOOK = load_playbook(REFERENCE)
SCHEDULE: dict[str, Any] = {"rhythm": "weekly", "at": "07:00", "time_zone": "UTC"}

GOOD = [
    ("ana@example.com", "ana@example.com"),
    ("Ana.Lima+desk@EXAMPLE.com", "Ana.Lima+desk@example.com"),  # only the domain ignores case
    ("root@localhost", "root@localhost"),
    ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),  # as mail is sent to it
    ("ana@xn--mnchen-3ya.example", "ana@xn--mnchen-3ya.example"),
    ("ab@xn--strae-oqa.example", "ab@xn--strae-oqa.example"),
    ("o\u0308zge@example.com", "özge@example.com"),  # however it was typed
]
BAD = [
    "",
    "ana",
    "@example.com",
    "ana@",
    "a..b@x.example",
    ".a@x.example",
    "a.@x.example",
    "ana@x..example",
    "ana@-x.example",
    "ana@x-.example",
    "ana@x.example.",
    "ana@x_y.example",
    "a na@x.example",
    "ana@x.example\r\nRCPT TO:<eve@x.example>",
    "ana@x.example,eve@x.example",
    "Ana <ana@x.example>",
    '"a b"@x.example',
    "ana@[127.0.0.1]",
    "ana@x.exa\u202emple",
    "ana\x1b[31m@x.example",
    "ana\u200b@x.example",
    "ab@straße.example",  # the standard library would write to strasse.example, which is somebody else's
    f"{'a' * 65}@x.example",
    f"ana@{'a.' * 130}example",
]


def in_a_start(text: str) -> str:
    return from_plain(CustomerContact, {"name": "Ana", "email": text}).email


def in_a_playbook(text: str) -> str:
    address: TypeAdapter[str] = TypeAdapter(Address)
    return address.validate_python(f"email:{text}").removeprefix("email:")


def in_a_report(text: str) -> str:
    schedule = read_schedule(SCHEDULE | {"to": [text]}, PLAYBOOK)
    return readers_of(schedule, PLAYBOOK).known[0].addresses[0].removeprefix("email:")


def on_the_way_out(text: str) -> str:
    return str(Mailbox.parse(text))


ANYWHERE = [in_a_start, in_a_playbook, in_a_report, on_the_way_out]


@pytest.mark.parametrize("place", ANYWHERE)
@pytest.mark.parametrize(("text", "mailed_to"), GOOD)
def test_an_address_that_can_be_written_to_is_taken_everywhere_in_one_spelling(
    text: str, mailed_to: str, place: Callable[[str], str]
) -> None:
    """
    COMM-11: what a start takes, a playbook takes and the channel sends to.
    """
    assert mailed_to == place(text)


@pytest.mark.parametrize("place", ANYWHERE)
@pytest.mark.parametrize("text", BAD)
def test_an_address_that_cannot_be_written_to_is_refused_everywhere(
    text: str, place: Callable[[str], str]
) -> None:
    """
    START-6, COMM-13: the fault is told to whoever wrote it, not found when a letter should leave.
    """
    with pytest.raises((ValueError, EscalationError)):
        place(text)


def test_the_refusal_of_a_domain_says_what_to_write_instead() -> None:
    """
    START-6: an internationalised domain has a form that means one domain only.
    """
    with pytest.raises(ValidationError, match="its ASCII form"):
        in_a_start("ab@straße.example")


@pytest.mark.parametrize(("text", "mailed_to"), [each for each in GOOD if each[1].isascii()])
def test_our_own_addresses_follow_the_same_rule(text: str, mailed_to: str) -> None:
    """
    COMM-11: the sender and who is replied to are written in every letter, so they are in ASCII, too.
    """
    settings = Settings.load({"ESCALATION_SMTP_SENDER": text, "ESCALATION_SMTP_REPLY_TO": text})

    assert (mailed_to, mailed_to) == (settings.smtp_sender, settings.smtp_reply_to)


@pytest.mark.parametrize("text", [*filter(None, BAD), "özge@example.com"])
def test_what_no_server_takes_is_no_address_of_ours(text: str) -> None:
    """
    COMM-13: found when a process starts.
    """
    with pytest.raises(SettingsFault, match=r"allowed: an e-mail address in ASCII"):
        Settings.load({"ESCALATION_SMTP_SENDER": text})


TAGS = [
    ("en", "en"),
    ("ID", "id"),
    ("tr_TR", "tr-TR"),  # as operating systems and many CRMs write it
    ("pt-br", "pt-BR"),
    ("zh_hant_tw", "zh-Hant-TW"),
    ("es-419", "es-419"),
]
NO_TAGS = [
    "",
    "e",
    "english",
    "tr_TR.UTF-8",
    "en-",
    "en--GB",
    "t r",
    "en\x1b[31m",
    "../tr",
    f"en{'-abcdefgh' * 9}",
]


def of_a_customer(tag: str) -> str:
    return from_plain(CustomerContact, {"name": "Ana", "email": "ana@x.example", "language": tag}).language


def of_a_person(tag: str) -> str:
    return PersonSpec.model_validate({"name": "Ana", "language": tag}).language


def of_a_report(tag: str) -> str:
    return read_schedule(SCHEDULE | {"to": ["daniel"], "language": tag}, PLAYBOOK).language


def of_a_stored_report(tag: str) -> str:
    return from_plain(ReportSchedule, SCHEDULE | {"to": ["daniel"], "language": tag}).language


def of_a_letter(tag: str) -> str:
    return OutboundMessage.model_validate(a_letter().model_dump() | {"language": tag}).language


def of_an_option(tag: str) -> str:
    return parse_language(tag, "--lang")


EVERYWHERE = [of_a_customer, of_a_person, of_a_report, of_a_stored_report, of_a_letter, of_an_option]


@pytest.mark.parametrize("place", EVERYWHERE)
@pytest.mark.parametrize(("text", "tag"), TAGS)
def test_a_language_is_taken_everywhere_in_one_spelling(
    text: str, tag: str, place: Callable[[str], str]
) -> None:
    """
    COMM-9: `tr_TR` is what systems call a language that letters are marked with as `tr-TR`.
    """
    assert tag == place(text)


@pytest.mark.parametrize("place", EVERYWHERE)
@pytest.mark.parametrize("text", NO_TAGS)
def test_what_is_no_language_is_refused_everywhere(text: str, place: Callable[[str], str]) -> None:
    """
    START-6: a slip is told where it was made.
    """
    with pytest.raises((ValueError, EscalationError)):
        place(text)
