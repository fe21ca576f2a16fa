"""`escalate channels`: what is set up, and a test letter; and the how-to that uses it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import SecretStr

from channels.protocol import Delivered
from entrypoints.cli import program
from planning.playbook.value_types import BY_NAME, KnownChannel
from runtime.named_settings import ENDPOINT_CHANNELS
from runtime.settings import ROOT, Settings
from tests.channels.builders import a_letter, a_network, targets_of
from tests.entrypoints.test_playbook import Typed, a_playbook
from tests.mailbox import Mailbox
from tests.receiver import Receiver
from workers.channel_setup import open_channels

HOW_TO = (ROOT / "docs" / "how-to" / "add-a-channel.md").read_text(encoding="utf-8")
SECRET = "sekret-7f3a"


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    monkeypatch.delenv("ESCALATION_SMTP_HOST", raising=False)
    monkeypatch.setenv("ESCALATION_PRIVATE_NETWORKS", "127.0.0.0/8")
    async with Receiver() as receiver:
        monkeypatch.setenv("ESCALATION_SLACK_SUPPORT", receiver.url(f"/{SECRET}"))
        yield receiver


async def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = await asyncio.to_thread(program.run, ["channels", *words])
    said, complained = capsys.readouterr()
    assert "Traceback" not in complained
    assert SECRET not in said + complained
    return status, said + complained


def test_playbook_settings_and_worker_know_the_same_channels() -> None:
    """
    COMM-11: what a playbook may name exists, and what needs a target has its variables.
    """
    assert set(KnownChannel) == open_channels(Settings.load({})).keys()
    assert set(BY_NAME) == set(ENDPOINT_CHANNELS)


async def test_targets_are_listed_by_name(receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    """
    COMM-11: names, and which variables set them; never what they hold.
    """
    status, said = await typed(capsys)
    _, in_json = await typed(capsys, "--json")

    assert 0 == status
    assert re.search(r"slack +support +none +ESCALATION_SLACK_NAME", said)
    rows = {row["channel"]: row for row in json.loads(in_json)}
    assert {"email", "console", "slack", "teams", "apprise", "webhook"} == rows.keys()
    assert (["support"], []) == (rows["slack"]["targets"], rows["teams"]["targets"])


async def test_limits_are_shown_as_they_are_set(
    receiver: Receiver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    COMM-12: what a channel as a whole takes.
    """
    monkeypatch.setenv("ESCALATION_LIMIT_SLACK", "10/s")
    monkeypatch.setenv("ESCALATION_LIMIT_EMAIL", "90 per 90 min")

    _, said = await typed(capsys)
    _, in_json = await typed(capsys, "--json")

    assert re.search(r"slack +support +10 per 1 s +ESCALATION_SLACK_NAME", said)
    rows = {row["channel"]: row["limit"] for row in json.loads(in_json)}
    assert ("10 per 1 s", "90 per 90 min", None) == (rows["slack"], rows["email"], rows["teams"])


async def test_test_letter_says_what_became_of_it(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    COMM-13: delivered, later, never; and the exit status with it.
    """
    receiver.answers("200 OK", times=1)
    receiver.answers("429 Slow Down", times=1, retry_after="7")
    receiver.answers("404 Not Found", times=1, body=b"no_service")

    told = [await typed(capsys, "test", "slack:support", "--to-name", "Rita") for _ in range(3)]
    missing = await typed(capsys, "test", "teams:support")

    assert [0, 1, 1, 1] == [status for status, _ in (*told, missing)]
    assert told[0][1].startswith("delivered  slack:support, as TEST/1:test:")
    assert "later  slack:support, which asks to wait 7 s: it answered 429 Too Many Requests\n" == told[1][1]
    assert "never  slack:support: it answered 404 Not Found (no_service)\n" == told[2][1]
    assert "never  teams:support: support is not set up: set ESCALATION_TEAMS_SUPPORT\n" == missing[1]
    assert "Dear Rita" in receiver.requests[0].body.decode()


async def test_test_letter_answers_in_json(receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    """
    COMM-13: for scripts; a letter that is printed does not stand in the way.
    """
    receiver.answers("503 Busy", retry_after="60")

    status = await asyncio.to_thread(program.run, ["channels", "test", "slack:support", "--json"])
    later = json.loads(capsys.readouterr().out)
    await asyncio.to_thread(program.run, ["channels", "test", "email:ana@example.com", "--json"])

    assert 1 == status
    assert {
        "address": "slack:support",
        "kind": "later",
        "why": "it answered 503 Service Unavailable",
        "after": "PT1M",
    } == later
    assert "printed" == json.loads(capsys.readouterr().out)["kind"]


@pytest.mark.usefixtures("receiver")
@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("fax:1", "channel:target, such as email:ana@example.com (channels: email, console, slack, teams,"),
        ("email:nobody", "one e-mail address after email:, such as email:ana@example.com"),
    ],
)
async def test_address_that_leads_nowhere_is_bad_input(
    address: str, allowed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    COMM-11: what was given, and what is allowed.
    """
    status, said = await typed(capsys, "test", address)

    assert 2 == status
    assert f"ADDRESS: given '{address}'; allowed: {allowed}" in said


@pytest.mark.usefixtures("receiver")
async def test_faults_of_targets_are_listed_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    COMM-11: every fault, none with what was given.
    """
    monkeypatch.setenv("ESCALATION_TEAMS_A", f"ftp://{SECRET}")
    monkeypatch.setenv("ESCALATION_WEBHOOK_CRM_URL", f"http://{SECRET}.example/")
    monkeypatch.setenv("ESCALATION_WEBHOOK_CRM_SECRET", f"whsec_{SECRET}")

    status, said = await typed(capsys)

    assert 2 == status
    assert ["ESCALATION_TEAMS_A", "ESCALATION_WEBHOOK_CRM_SECRET", "ESCALATION_WEBHOOK_CRM_URL"] == [
        line.split()[0] for line in said.splitlines()
    ]


async def test_the_how_to_can_be_followed_literally(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    docs/how-to/add-a-channel.md: what it sets up is read, and each letter arrives.
    """
    for variable, value in re.findall(r"^export (\w+)='(.*)'$", HOW_TO, re.MULTILINE):
        here = re.sub(r"^(https://[^/]+|tgram://[^/]+)", lambda _: receiver.url(""), value)
        apprise = here.replace("http://", "json://") if "APPRISE" in variable else here
        monkeypatch.setenv(variable, apprise)
    commands = re.findall(r"^escalate channels ?(.*)$", HOW_TO, re.MULTILINE)

    for words in commands:
        status, said = await typed(capsys, *words.split())
        assert 0 == status, said

    assert 5 == len(commands)
    assert ["/services/T000/B000/XXXX", "/escalations", "/12315544"] == [
        receiver.requests[number].line.split()[1] for number in (0, 2, 3)
    ]


def test_the_how_to_sets_up_real_addresses() -> None:
    """
    docs/how-to/add-a-channel.md: as they stand there, they are read without a fault.
    """
    settings = Settings.load(dict(re.findall(r"^export (\w+)='(.*)'$", HOW_TO, re.MULTILINE)))

    assert ("support",) == settings.endpoint_names("slack") == settings.endpoint_names("teams")
    assert (("crm",), ("oncall",)) == (
        settings.endpoint_names("webhook"),
        settings.endpoint_names("apprise"),
    )


def test_the_playbook_of_the_how_to_needs_no_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    docs/how-to/add-a-channel.md: its line is taken, with nothing set up here.
    """
    (line,) = re.findall(r"```yaml\n(.*?)\n```", HOW_TO, re.DOTALL)
    old = line.replace("slack:support, ", "")

    assert 0 == Typed(capsys, "check", a_playbook(tmp_path, (old, line))).status


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("slak:support", "(channels: email, console, slack, teams, webhook, apprise)"),
        ("slack:Support", "a name after slack:, in small letters, digits and _, such as slack:support"),
        ("webhook:crm/x", "a name after webhook:, in small letters, digits and _"),
    ],
)
def test_playbook_check_tells_of_addresses_that_lead_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, told: str
) -> None:
    """
    COMM-11: a channel that does not exist, and a name that no variable could set.
    """
    path = a_playbook(tmp_path, ("email:maya.okafor@example.com", address))

    found = Typed(capsys, "check", path)

    assert 2 == found.status
    assert told in found.said


async def test_the_channel_of_the_how_to_works(receiver: Receiver) -> None:
    """
    docs/how-to/add-a-channel.md: the file that it has people write sends letters.
    """
    (source,) = re.findall(r"```python\n(.*?)```", HOW_TO, re.DOTALL)
    written = ModuleType("mattermost")
    exec(source, written.__dict__)  # noqa: S102 - it is our own page

    channel = written.MattermostChannel(targets_of(SecretStr(receiver.url())), a_network())
    outcome = await channel.send(a_letter(to_address="crm", text="@all\n**x**"))

    assert isinstance(outcome, Delivered)
    assert {"text": "    ACME/4711: we are on it\n    @all\n    **x**"} == receiver.requests[0].json


@pytest.mark.parametrize(
    ("variables", "reply_to", "suppressed"),
    [
        ({}, None, "OOF, AutoReply"),
        ({"ESCALATION_SMTP_REPLY_TO": "desk@vendor.example"}, "desk@vendor.example", "OOF, AutoReply"),
        ({"ESCALATION_SMTP_SUPPRESS": "oof dr"}, None, "OOF, DR"),
        ({"ESCALATION_SMTP_SUPPRESS": "off"}, None, None),
    ],
)
async def test_settings_say_where_answers_go_and_what_must_not_answer_by_itself(
    variables: dict[str, str], reply_to: str | None, suppressed: str | None
) -> None:
    """
    COMM-10: the letter that leaves has them, and is marked as written by a program.
    """
    async with Mailbox() as mailbox:
        server = {
            "ESCALATION_SMTP_HOST": mailbox.host,
            "ESCALATION_SMTP_PORT": str(mailbox.port),
            "ESCALATION_SMTP_TLS": "none",
            "ESCALATION_SMTP_SENDER_NAME": "Vendor Desteği",
        }
        await open_channels(Settings.load(server | variables))["email"].send(a_letter())
        (letter,) = mailbox.messages()

    message = letter.message
    assert "Vendor Desteği" == message["From"].addresses[0].display_name
    assert reply_to == (message["Reply-To"] and message["Reply-To"].addresses[0].addr_spec)
    assert suppressed == message["X-Auto-Response-Suppress"]
    assert "auto-generated" == message["Auto-Submitted"]
