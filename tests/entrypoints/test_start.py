"""A start that is typed without a file: each field has its option."""

from datetime import date

import pytest

from client import EscalationClient
from entrypoints.cli import program
from entrypoints.cli.field_words import word_for
from escalation.case.request import StartRequest
from escalation.case.start import Opened
from tests.entrypoints.conftest import Terminal

START = (
    *("start", "--key", "ACME/9", "--subject", "Late", "--issue-type", "customer_service_requests"),
    *("--category", "complaint", "--priority", "P3", "--reason", "repeated_delay", "--as", "maya"),
    *(
        "--customer",
        "ACME:Jo Buyer:jo@acme.example:tr:Europe/Istanbul",
        "--customer",
        "INITECH:Ada:ada@initech.example",
    ),
)


def test_each_field_of_a_start_has_an_option() -> None:
    """
    START-1: nothing needs a file; a new field cannot be forgotten.
    """
    options = {option for parameter in program.app.commands["start"].params for option in parameter.opts}

    assert {word_for(field) for field in StartRequest.__dataclass_fields__} <= options


async def test_a_start_without_a_file_takes_all_that_one_could_say(terminal: Terminal) -> None:
    """
    START-2, START-3: tiers, evidence, criteria, problem records, a contact's time zone.
    """
    said = await terminal.json(
        *START,
        *("--tier", "ACME=gold", "--criterion", "funding", "--criterion", "tools", "--problem", "PRB-77"),
        *("--evidence", "call: Promised: a call back; on 2026-11-16", "--evidence", "report: Lab; results"),
        *("--evidence", "attempt: Restarted it; outcome failed; on 2026-11-15"),
        *("--reason-note", "The third time", "--source", "internal"),
    )

    assert "ACME/9" == said["key"]
    assert not (await terminal.json("show", "ACME/9"))["is_undocumented"]
    opened = (await (await EscalationClient.connect()).record_of("ACME/9")).events[0]
    assert isinstance(opened, Opened)
    request = opened.request
    assert ["gold", "standard"] == [customer.tier for customer in request.customers]
    assert ("tr", "Europe/Istanbul") == (
        request.customers[0].contacts[0].language,
        request.customers[0].contacts[0].time_zone,
    )
    assert [
        ("call", "Promised: a call back", date(2026, 11, 16), None),
        ("report", "Lab; results", None, None),
        ("attempt", "Restarted it", date(2026, 11, 15), "failed"),
    ] == [(each.kind, each.what, each.on, each.outcome) for each in request.evidence]
    assert (("funding", "tools"), ("PRB-77",)) == (request.criteria, request.problem_records)
    assert ("The third time", "internal") == (request.reason_note, request.source)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--tier", "ACME=golden"), "--customer 1.tier: given 'golden'"),
        (("--evidence", "rumour: x"), "--evidence 1.kind: given 'rumour'; allowed: 'email', 'call'"),
        (("--evidence", "call: x; on monday"), "--evidence 1.on: given 'monday'; allowed: a date such as"),
        (("--criterion", "luck"), "--criterion 1: given 'luck'"),
        (("--source", "rain"), "--source: given 'rain'"),
        (("--level", "0"), "--level: given '0'"),
    ],
)
def test_a_wrong_option_of_a_start_is_told_as_an_option(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    """
    START-6: with what is allowed, before anything is asked of a server.
    """
    wrong = ("--priority", "P9")  # so that it is refused here, with all the rest

    assert program.BAD_INPUT == program.run([*START, *words, *wrong])

    assert says in capsys.readouterr().err


def test_a_tier_needs_a_customer(capsys: pytest.CaptureFixture[str]) -> None:
    """
    START-6: customers of a file have their tiers there.
    """
    assert program.BAD_INPUT == program.run(["start", "--tier", "gold"])

    assert "--tier: given 'gold'; allowed: a tier of accounts given by --customer" in capsys.readouterr().err
