"""The whole service where people sign in: API and console before a real server whose workers want proof."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrypoints.cli import program
from escalation.kernel.proof import Door as WayIn
from runtime.settings import ROOT
from tests.web.signed_in import API, SignedIn
from tests.web.web_client import ANSWERED, seen


async def test_whoever_signed_in_makes_moves_that_are_proven(signed_in: SignedIn) -> None:
    """IDENTITY-3: by their token; who they say they are beside it is not believed."""
    maya = signed_in.bearer("maya.okafor@example.com")
    assert 201 == (await signed_in.start("ACME/1", maya)).status_code
    priya = signed_in.bearer("priya.nair@example.com") | {"X-Escalation-As": "elena"}

    answer = await signed_in.move("ACME/1", "acknowledge", priya)

    assert (200, "signed_in") == (answer.status_code, answer.headers["x-escalation-mode"])
    entries = {entry.kind: entry for entry in await signed_in.door.client.timeline("ACME/1")}
    assert ("maya", "priya") == (entries["opened"].by, entries["acknowledged"].by)
    assert WayIn(name="api", key="here") == entries["acknowledged"].door == entries["opened"].door


async def test_nobody_looks_without_signing_in(signed_in: SignedIn) -> None:
    """IDENTITY-2: neither by the API nor in the console, which sends people to sign in."""
    looked = await signed_in.door.http.get(f"{API}/escalations", headers={"X-Escalation-As": "elena"})
    page = await signed_in.door.http.get("/all", follow_redirects=False)

    assert (401, "Bearer") == (looked.status_code, looked.headers["www-authenticate"])
    assert (303, "/sign-in?then=/all") == (page.status_code, page.headers["location"])


async def test_a_key_is_bound_to_moves(signed_in: SignedIn) -> None:
    """IDENTITY-2: a machine that may start, and nothing else."""
    starts = signed_in.machine(moves=["start"])
    assert 201 == (await signed_in.start("ACME/2", starts)).status_code

    answer = await signed_in.move("ACME/2", "nudge_owner", starts)

    assert (403, "role_not_allowed") == (answer.status_code, answer.json()["code"])
    assert "this key is not for nudge" in answer.json()["detail"]


async def test_a_key_is_bound_to_accounts(signed_in: SignedIn) -> None:
    """IDENTITY-2: it sees and touches the escalations of these alone."""
    maya = signed_in.bearer("maya.okafor@example.com")
    await signed_in.start("ACME/3", maya)
    theirs, others = signed_in.machine(accounts=["ACME"]), signed_in.machine(accounts=["BOLT"])
    look = f"{API}/escalations/ACME/3"

    assert 200 == (await signed_in.door.http.get(look, headers=theirs)).status_code
    assert 404 == (await signed_in.door.http.get(look, headers=others)).status_code
    assert 404 == (await signed_in.move("ACME/3", "nudge_owner", others)).status_code
    assert 403 == (await signed_in.start("ACME/4", others)).status_code
    for machine, is_seen in ((theirs, True), (others, False)):
        listed = (await signed_in.door.http.get(f"{API}/escalations", headers=machine)).json()["items"]
        assert is_seen is bool(listed)
        assert {("ACME",)} >= {tuple(each["customers"]) for each in listed}


async def test_keys_are_no_way_into_the_console(signed_in: SignedIn) -> None:
    """IDENTITY-2: its pages know no bounds of keys."""
    page = await signed_in.door.http.get(
        "/case/ACME/1", headers=signed_in.machine(accounts=["BOLT"]), follow_redirects=False
    )

    assert 303 == page.status_code


@dataclass
class CommandLine:
    """Somebody who types commands on a machine that reaches the service alone."""

    capsys: pytest.CaptureFixture[str]
    service: SignedIn
    file: Path

    async def type(self, *words: str) -> tuple[int, str]:
        """Return the exit status, and all that was said."""
        status = await asyncio.to_thread(program.run, list(words))
        return status, "".join(self.capsys.readouterr())


@pytest.fixture
def command_line(
    signed_in: SignedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("ESCALATION_URL", str(signed_in.door.http.base_url).rstrip("/"))
    monkeypatch.delenv("ESCALATION_AS", raising=False)
    signed_in.provider.email = "maya.okafor@example.com"
    return CommandLine(capsys, signed_in, tmp_path / "escalation-engine" / "sign-in.json")


async def test_somebody_signs_in_on_the_command_line(command_line: CommandLine) -> None:
    """IDENTITY-2: by the device flow; commands then act as them, and as nobody else, until they sign out."""
    provider = command_line.service.provider
    provider.device_answers = ["authorization_pending"]
    example = str(ROOT / "examples" / "complaint.yaml")

    nobody = await command_line.type("list")
    signed_in = await command_line.type("login")
    started = await command_line.type("start", example, "--key", "ACME/7")
    acknowledged = await command_line.type("ack", "ACME/7")
    as_another = await command_line.type("ack", "ACME/7", "--as", "elena")
    out = await command_line.type("logout")
    out_again = await command_line.type("logout")
    gone = await command_line.type("ack", "ACME/7", "--as", "maya")

    assert (program.NO_SERVER, True) == (nobody[0], "`escalate login` signs you in" in nobody[1])
    assert "WDJB-MJHT" in signed_in[1]
    assert "signed in as maya" in signed_in[1]
    assert (0, 0) == (started[0], acknowledged[0]), started[1] + acknowledged[1]
    entries = {entry.kind: entry for entry in await command_line.service.door.client.timeline("ACME/7")}
    assert ("maya", "maya") == (entries["opened"].by, entries["acknowledged"].by)
    assert WayIn(name="api", key="here") == entries["acknowledged"].door
    assert (program.BAD_INPUT, True) == (as_another[0], "--as: given 'elena'; allowed: maya" in as_another[1])
    assert ("signed out of", "nobody was signed in at") == (out[1][:13], out_again[1][:23])
    assert ("", program.NO_SERVER) == (provider.refresh_token, gone[0])


async def test_the_timeline_says_by_which_door_a_move_came_in(command_line: CommandLine) -> None:
    """IDENTITY-3: quietly, in *Everything* and in the terminal, in the reader's language."""
    service, key = command_line.service, "ACME/9"
    maya = service.bearer("maya.okafor@example.com")
    await service.start(key, maya)
    browser = service.cookie("maya.okafor@example.com")
    await service.door.http.post(f"/case/{key}/add_comment", content="note=Hello", headers=browser | ANSWERED)
    await command_line.type("login")

    async def page(language: str, part: str = "?show=all") -> str:
        headers = browser | {"Accept-Language": language}
        return seen(await service.door.http.get(f"/case/{key}{part}", headers=headers))

    story, everything = await page("en", ""), await page("en")
    printed = " ".join((await command_line.type("show", key))[1].split())

    assert "Maya Okafor Opened at level 2" in story
    assert "in the console" not in story
    assert "Maya Okafor by the API Opened at level 2" in everything
    assert "Maya Okafor in the console Commented Hello" in everything
    assert "Maya Okafor di konsol Memberi komentar Hello" in await page("id")
    assert "Maya Okafor konsoldan Yorum yaptı Hello" in await page("tr")
    assert "maya by the API opened at level 2" in printed
    assert "maya in the console commented “Hello”" in printed


async def test_a_token_is_kept_for_its_owner_and_renewed(command_line: CommandLine) -> None:
    """IDENTITY-2: before it ends, by a token that is good once; a sign-in that has ended says so."""
    provider = command_line.service.provider
    provider.lasts = 30
    await command_line.type("login")
    first = provider.refresh_token
    mode = command_line.file.stat().st_mode & 0o777

    assert 0 == (await command_line.type("list"))[0]
    second, provider.refresh_token = provider.refresh_token, "ended"
    still_good = await command_line.type("list")
    provider.lasts, provider.refresh_token = -5, second
    await command_line.type("list")
    provider.refresh_token = "ended"
    ended = await command_line.type("list")
    provider.lasts = 300

    assert (0o600, True) == (mode, first != second)
    assert 0 == still_good[0], still_good[1]
    assert (program.NO_SERVER, True) == (
        ended[0],
        "the sign-in has ended at the identity provider" in ended[1],
    )


async def test_a_machine_types_commands_by_its_key(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IDENTITY-2: as the person of the key, within its scopes."""
    written = command_line.service.machine(moves=["add_comment"])["Authorization"].removeprefix("Bearer ")
    monkeypatch.setenv("ESCALATION_API_KEY", written)
    await command_line.service.start("ACME/8", command_line.service.bearer("maya.okafor@example.com"))

    commented = await command_line.type("comment", "ACME/8", "Hello")
    nudged = await command_line.type("nudge-owner", "ACME/8")
    monkeypatch.setenv("ESCALATION_API_KEY", written[:-3] + "xxx")
    unknown = await command_line.type("list")

    assert (0, program.REFUSED, program.NO_SERVER) == (commented[0], nudged[0], unknown[0]), commented
    assert "the API key is not known here" in unknown[1]
