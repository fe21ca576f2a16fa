"""The command line: options, output, exit status."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup

from entrypoints.cli import program
from entrypoints.cli.command_names import name_commands
from entrypoints.cli.move_declarations import declared_moves
from escalation.case.lifecycle import Move, State
from escalation.case.move_index import PERSONS_COMMANDS
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import MoveNotAllowed
from runtime.ports import free_port
from tests.entrypoints.conftest import Terminal
from tests.said import said

EXAMPLES = Path(__file__).parents[2] / "examples"
KEY = "ACME/4711"


async def test_an_escalation_is_typed_from_start_to_close(terminal: Terminal) -> None:
    """
    START-1, CLOSE-8: everything that a life needs can be typed; each command answers with what it did.
    """
    assert "level 1" in await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    for words in (
        ("ack", KEY, "--as", "maya"),
        ("respond", KEY, "1.1", "--as", "maya"),
        ("raise", KEY, "--as", "maya", "--reason", "lack_of_authority"),
        ("trigger", KEY, "other_skill_needed", "--as", "priya"),
        ("transfer", KEY, "finance", "--as", "jonas"),
        ("priority", KEY, "P3", "--as", "elena"),
        ("begin", KEY, "--as", "elena"),
        ("plan", KEY, "--as", "elena", "--step", "hannah: Find the cause"),
        ("update", KEY, "--as", "elena", "--customer", "We are on it.", "--internal", "Bay 3 again"),
        (
            "correct-contact",
            KEY,
            "jo.buyer@acme.example",
            "--name",
            "Jo B.",
            "--tz",
            "Asia/Jakarta",
            "--as",
            "maya",
        ),
        ("revoke-page", KEY, "jo.buyer@acme.example", "--as", "maya"),
        ("pause", KEY, "waiting_for_customer", "--as", "elena"),
        ("resume", KEY, "--as", "elena"),
        ("resolve", KEY, "--as", "elena", "--workaround", "--done", "Sent new goods"),
        ("reject", KEY, "--as", "aisha", "--why", "They have not arrived"),
        ("resolve", KEY, "--as", "elena", "--done", "Delivered"),
        ("verify", KEY, "--as", "aisha"),
        ("reopen", KEY, "--as", "aisha", "--why", "Wrong goods"),
        ("resolve", KEY, "--as", "elena", "--done", "Delivered the right ones"),
        ("verify", KEY, "--as", "aisha"),
        ("confirm-access", KEY, "ACME", "--as", "dewi"),
        ("settle", KEY, "INC-2041", "--as", "maya", "--stays-open", "The roof is not built"),
        ("rca", "request", KEY, "--as", "chloe"),
        ("rca", "file", KEY, str(EXAMPLES / "rca.yaml"), "--as", "kemal"),
        ("rca", "derive", KEY, "--as", "kemal"),
        ("rca", "approve", KEY, "--as", "elena"),
        ("rca", "share", KEY, "--as", "dewi"),
        ("close", KEY, "--as", "elena"),
    ):
        assert KEY in await terminal.done(*words), words

    shown = await terminal.json("show", KEY)
    afterwards = [
        "answer_survey",
        "file_post_mortem",
        "finish_action",
        "correct_contact",
        "revoke_page",
        "reopen",
    ]
    assert ("closed", afterwards, "shared") == (shown["state"], shown["allowed_moves"], shown["rca"])
    assert {
        "key",
        "state",
        "level",
        "priority",
        "owner",
        "allowed_moves",
        "clocks",
        "timeline",
    } <= shown.keys()
    assert {"name", "due_at", "outcome"} <= shown["clocks"][0].keys()
    assert "closed it" in await terminal.done("show", KEY, "--latest", "9")
    assert "class closed now" in await terminal.done("show", KEY, "--diagram")


async def test_a_closed_one_comes_back_one_level_higher(terminal: Terminal) -> None:
    """
    CLOSE-9: as a new escalation that names its predecessor. Until then it can be cancelled like any other.
    """
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"), "--priority", "P4")
    for words in (
        ("resolve", KEY, "--as", "maya", "--done", "Explained"),
        ("verify", KEY, "--as", "aisha"),
        ("confirm-access", KEY, "ACME", "--as", "dewi", "--answer", "waived"),
        ("settle", KEY, "INC-2041", "--as", "maya"),
        ("close", KEY, "--as", "elena"),
    ):
        await terminal.done(*words)
    first = await terminal.json("show", KEY)
    status, _, complained = await terminal.type("ack", KEY, "--as", "maya")
    left = "survey, post-mortem file, correct-contact, revoke-page, reopen"
    assert (program.REFUSED, f"{KEY}: cannot acknowledge while closed; allowed now: {left}\n") == (
        status,
        complained,
    )
    assert left in " ".join((await terminal.done("show", KEY)).split())
    assert "joined" not in await terminal.done("show", first["id"])

    for _ in range(100):  # its last letters are still on their way for a moment
        status, said, _ = await terminal.type("reopen", KEY, "--as", "elena", "--why", "It is back", "--json")
        if status == program.DONE:
            break
        await asyncio.sleep(0.1)

    again = await terminal.json("show", KEY)
    assert (first["id"], 2) == (again["predecessor"], json.loads(said)["level"])
    refused = await terminal.type(
        "cancel", KEY, "--as", "elena", "--why", "Twice", "--cause", "duplicate", "--into", "ACME/1"
    )
    assert program.BAD_INPUT == refused[0]
    assert "into: given 'ACME/1', which is no escalation that is known here" in refused[2]


async def test_lists_filter_and_count(terminal: Terminal) -> None:
    """
    By state, priority, level, category, customer, owner, breached; a second start of a subject is no second one.
    """
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    assert "was running already" in await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    await terminal.done("start", str(EXAMPLES / "outage.yaml"))
    for _ in range(100):  # the list is eventually consistent
        if 2 == len(await terminal.json("list", "--state", "communicating")):
            break
        await asyncio.sleep(0.1)

    async def keys(*words: str) -> list[str]:
        return [row["key"] for row in await terminal.json("list", *words)]

    assert ["GLOBEX/88", KEY] == await keys()
    assert [KEY] == await keys("--priority", "P2")
    assert [KEY] == await keys("--level", "1")
    assert ["GLOBEX/88", KEY] == await keys("--category", "complaint")
    assert ["GLOBEX/88"] == await keys("--customer", "INITECH")
    assert ["GLOBEX/88"] == await keys("--owner", "priya")
    assert [] == await keys("--breached")
    assert [] == await keys("--owner", "o'neill' OR 1=1")
    about = {row["key"]: row["subject"] for row in await terminal.json("list")}
    assert (
        about[KEY]
        == (await terminal.json("show", KEY))["subject"]
        == "Second delivery in a row arrived damaged"
    )
    said = await terminal.done("list")
    assert "Second delivery" in said
    assert "2 escalations: 2 communicating\n" in said
    assert "there are more" not in said
    assert "1 escalation: 1 communicating; there are more, see --limit" in await terminal.done(
        "list", "--limit", "1"
    )
    assert "0 escalations\nnone has the owner 'prya'; known: call_centre, priya; did you mean priya?" in (
        await terminal.done("list", "--owner", "prya")
    )
    assert "0 escalations\n" == await terminal.done("list", "--owner", "priya", "--priority", "P4")
    for slip in ("4711", "acme/4711", "ACMEE/4711"):
        assert "known here; did you mean ACME/4711?" in (await terminal.type("show", slip))[2]
    assert (await terminal.type("show", "ACME/4712"))[2].endswith(
        "known here; `escalate list --all` shows those that are\n"
    )


async def test_a_start_from_options_goes_over_the_file(terminal: Terminal) -> None:
    """
    START-1, START-2, START-3: a script can say everything in options; evidence that is missing is asked for.
    """
    said = await terminal.json(
        "start", "--key", "ACME/9", "--subject", "Late", "--issue-type", "customer_service_requests",
        "--category", "complaint", "--impact", "low", "--urgency", "low", "--reason", "repeated_delay",
        "--channel", "chat", "--customer", "ACME:Jo Buyer:jo@acme.example:tr", "--as", "tom",
    )  # fmt: skip
    shown = await terminal.json("show", "ACME/9")

    assert ("P4", True) == (shown["priority"], shown["is_undocumented"])
    assert "event.opened.undocumented" in [each["code"] for each in said["happened"]]
    assert await terminal.mailbox.arrived(to="tom.lindqvist@example.com")


async def test_whoever_submits_is_said_by_the_option_the_file_or_the_environment(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    ROLE-3: in this order; a script's own environment does not put another name to what a file says.
    """
    written = (EXAMPLES / "complaint.yaml").read_text(encoding="utf-8")
    unsigned = tmp_path / "unsigned.yaml"
    unsigned.write_text("\n".join(line for line in written.splitlines() if "submitted_by" not in line))
    monkeypatch.setenv("ESCALATION_AS", "tom")

    for number, (words, by) in enumerate(
        (
            ((str(EXAMPLES / "complaint.yaml"),), "maya"),
            ((str(unsigned),), "tom"),
            ((str(unsigned), "--as", "priya"), "priya"),
        )
    ):
        await terminal.done("start", *words, "--key", f"ACME/{number}")
        assert by == (await terminal.json("show", f"ACME/{number}"))["timeline"][0]["by"]


def test_options_that_are_wrong_or_missing_are_told_as_options(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """
    START-6: in their own words; what a file says keeps its place, whatever the options are.
    """
    request = tmp_path / "request.yaml"
    request.write_text("key: ACME/1\nsubject: ''\ncolour: red\n")

    assert program.BAD_INPUT == program.run(["start", "--key", "ACME/1", "--customer", "ACME::jo"])
    complained = capsys.readouterr().err
    for place in ("--as", "--subject", "--issue-type", "--customer 1.contacts.1.email"):
        assert f"\n  {place}: given" in complained
    assert program.BAD_INPUT == program.run(["start", str(request), "--reason", "rain"])
    complained = capsys.readouterr().err
    for place in (f"{request}:2:10 subject", f"{request}:3:1 colour", "--reason"):
        assert f"\n  {place}: given" in complained


def test_the_example_says_in_a_sentence_that_no_server_is_there(tmp_path: Path) -> None:
    """
    Exit 1 and no traceback.
    """
    environment = {**os.environ, "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}", "TEMPORAL_CONFIG_FILE": ""}

    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "start_escalation.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (1, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n"))
    assert "TEMPORAL_ADDRESS" in done.stderr


async def test_watch_tells_a_file_or_a_pipe_line_by_line(terminal: Terminal) -> None:
    """News comes once and at once, each in a line that is not cut; no table is drawn again."""
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    await terminal.done("cancel", KEY, "--as", "elena", "--why", "Withdrawn by phone " * 9)

    told = (await terminal.done("watch", KEY, "--every", "0.2")).splitlines()

    assert "opened at level 1" in told[0]
    assert 1 == sum(line.endswith("Withdrawn by phone”") for line in told)


async def test_watch_tells_until_the_end(terminal: Terminal) -> None:
    """
    With --json one object for each thing that happens, so that a script can follow.
    """
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    await terminal.done("cancel", KEY, "--as", "elena", "--why", "Withdrawn by phone")

    told = [
        json.loads(line)
        for line in (await terminal.done("watch", KEY, "--json", "--every", "0.2")).splitlines()
    ]

    assert "opened" == told[0]["kind"]
    assert {"cancelled", "delivery_reported"} <= {entry["kind"] for entry in told}


REFUSALS: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("ack", KEY, "--as", "ghost"), program.BAD_INPUT, f"{KEY}: unknown person 'ghost'; known: aisha, ben,"),
    (("ack", KEY, "--as", "mya"), program.BAD_INPUT, "did you mean maya?"),
    (("ack", KEY, "--as", ""), program.BAD_INPUT, "--as: given ''; allowed: a text that is not empty"),
    (("respond", KEY, "1", "--as", "maya"), program.BAD_INPUT, "its words, or level and number such as 1.1"),
    (("respond", KEY, "2.1", "--as", "maya"), program.REFUSED, "it is at level 1 now, not at level 2"),
    (("respond", KEY, "1.9", "--as", "maya"), program.BAD_INPUT, "known: 1.1 hear the customer out"),
    (
        ("trigger", KEY, "rain", "--as", "maya"),
        program.BAD_INPUT,
        "has no trigger 'rain'; known: cannot_solve",
    ),
    (
        ("priority", KEY, "P9", "--as", "elena"),
        program.BAD_INPUT,
        "P1..P4: given 'P9'; allowed: 'P1', 'P2', 'P3' or 'P4'",
    ),
    (("raise", KEY, "--as", "maya", "--reason", "rain"), program.BAD_INPUT, "'lack_of_authority'"),
    (("raise", KEY, "--as", "maya", "--reason", "other", "--to", "9"), program.BAD_INPUT, "unknown level 9"),
    (("pause", KEY, "lunch", "--as", "maya"), program.BAD_INPUT, "known: waiting_for_customer"),
    (
        ("verify", KEY, "--as", "aisha"),
        program.REFUSED,
        "cannot verify resolution while communicating; allowed now:",
    ),
    (("close", KEY, "--as", "maya"), program.REFUSED, "cannot close while communicating"),
    (("cancel", KEY, "--as", "maya", "--why", "x"), program.REFUSED, "roles that may: escalation_manager"),
    (
        ("cancel", KEY, "--as", "elena", "--why", "x", "--cause", "duplicate"),
        program.BAD_INPUT,
        "--into: given nothing; allowed: the key of the other escalation (duplicate)",
    ),
    (("update", KEY, "--as", "maya"), program.BAD_INPUT, "--customer, --internal: given neither"),
    (("ack", "ACME/0", "--as", "maya"), program.REFUSED, "no escalation 'ACME/0' is known here"),
    (
        ("show", "nokey"),
        program.REFUSED,
        "'nokey' is known here; a key is an account, a slash and a number, such as ACME/4711\n",
    ),
    (("show", "ACME/0"), program.REFUSED, "no escalation 'ACME/0' is known here"),
    (
        ("list", "--state", "open"),
        program.BAD_INPUT,
        "--state: given 'open'; allowed: started, communicating",
    ),
    (("ack", KEY), program.BAD_INPUT, "Missing option '--as'"),
    (("transfer", KEY, "--as", "maya"), program.BAD_INPUT, "PERSON|TEAM, --skill: given neither"),
    (
        ("rebase", KEY, "--category", "x", "--dry-run"),
        program.BAD_INPUT,
        "\n  --category: given 'x'; allowed: of customer",
    ),
    (("dance", KEY), program.BAD_INPUT, "No such command 'dance'"),
)


async def test_what_cannot_be_done_is_told_in_one_clear_line(terminal: Terminal) -> None:
    """
    ROLE-2, START-6: where, what was given, what is allowed; a status that says whose turn it is; nothing half done.
    """
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    await terminal.mailbox.arrived(6)
    before = await terminal.json("show", KEY)

    for words, status, says in REFUSALS:
        found, said, complained = await terminal.type(*words)
        assert (status, "") == (found, said), (words, complained)
        assert says in complained

    assert before["state"] == (await terminal.json("show", KEY))["state"]


async def test_a_bad_request_is_refused_whole_with_every_fault(terminal: Terminal, tmp_path: Path) -> None:
    """
    START-6: file, line and column of each; as JSON for scripts; nothing is started.
    """
    request = tmp_path / "request.yaml"
    request.write_text("key: ACME/1\nsubject: ''\ncategory: complaint\ncolour: red\npriority: P9\n")

    status, _, complained = await terminal.type("start", str(request), "--json")

    told = json.loads(complained)
    assert (program.BAD_INPUT, "bad_request") == (status, told["error"])
    places = {(*(fault["place"] or {}).values(), fault["where"]) for fault in told["faults"]}
    file = str(request)
    assert {(file, 2, 10, "subject"), (file, 4, 1, "colour"), (file, 5, 11, "priority")} <= places
    status, _, _ = await terminal.type("show", "ACME/1")
    assert program.REFUSED == status


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("key: [unclosed", "request.yaml:1:"),
        ("key: A/1\nkey: A/2\n", "key"),
        ("- just\n- a list\n", "allowed: a mapping, such as name: value"),
        ("", "an empty file"),
    ],
    ids=["malformed", "a key twice", "no mapping", "empty"],
)
async def test_a_file_that_is_no_request_is_told_by_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, says: str
) -> None:
    """
    START-6: malformed YAML and JSON are refused before anything is asked of a server.
    """
    request = tmp_path / "request.yaml"
    request.write_text(text)

    assert program.BAD_INPUT == await asyncio.to_thread(program.run, ["start", str(request)])

    assert says in capsys.readouterr().err


async def test_unknown_names_in_a_start_are_all_told(terminal: Terminal) -> None:
    """
    START-6: every fault against the playbook at once, and nothing is left running.
    """
    status, _, complained = await terminal.type(
        "start", str(EXAMPLES / "complaint.yaml"), "--category", "complaints", "--as", "mya"
    )

    assert program.BAD_INPUT == status
    assert "did you mean complaint?" in complained
    assert "did you mean maya?" in complained
    assert [] == await terminal.json("list", "--all")


@pytest.mark.parametrize("address", ["127.0.0.1:{port}", "no such address"])
async def test_no_server_is_told_with_a_status_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """
    Exit 3: nothing listens there, or it is no address.
    """
    monkeypatch.setenv("TEMPORAL_ADDRESS", address.format(port=free_port()))

    assert program.NO_SERVER == await asyncio.to_thread(program.run, ["list"])

    assert "TEMPORAL_ADDRESS" in capsys.readouterr().err


def test_help_and_playbook_commands_load_no_sdk() -> None:
    """
    Temporal's client takes longer to import than most commands take: only commands that ask a server import
    it.
    """
    program = "import sys, entrypoints.cli; print({'temporalio', 'structlog'} & sys.modules.keys())"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert "set()\n" == done.stdout


def test_every_move_can_be_typed() -> None:
    """
    A new command of the rules cannot be forgotten here.
    """
    files = Path(program.__file__).parent.rglob("commands/**/*.py")
    typed = "\n".join(file.read_text(encoding="utf-8") for file in files)
    declared = {move.kind for move in declared_moves().values()}

    assert [] == [
        move for move in PERSONS_COMMANDS if move.move not in declared and move.__name__ not in typed
    ]


def test_refusals_list_what_can_be_typed() -> None:
    """
    ROLE-2: a refusal lists the moves allowed; here they are told by the commands that make them.
    """
    refused = MoveNotAllowed(
        reason("cannot_while", Move.CLOSE, State.RESOLVING),
        subject="ACME/1",
        allowed_moves=(Move.DECLARE_RESOLVED, Move.CANCEL, Move.FILE_RCA),
    )

    assert "ACME/1: cannot close while resolving; allowed now: resolve, cancel, rca file" == said(
        name_commands(refused.refusal).reason
    )


def commands_of(group: TyperGroup, before: str = "") -> Iterator[str]:
    """Yield each command as it is typed: ``ack``, ``rca file``."""
    for name, command in group.commands.items():
        yield before + name
        if isinstance(command, TyperGroup):
            yield from commands_of(command, f"{before}{name} ")


async def test_a_team_makes_no_move_from_the_terminal(terminal: Terminal) -> None:
    """
    ROLE-3: refused, with the people who may; nothing of the engine's own is an escalation either.
    """
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    status, _, complained = await terminal.type("ack", "ACME/4711", "--as", "call_centre")
    assert 1 == status
    assert "because it is a team; allowed: one of its people, by their own id: maya, tom" in complained
    for id_ in ("inbox:maya", "channel-limit:email", "sponsorship:ACME"):
        status, _, complained = await terminal.type("show", id_)
        assert 0 != status
        assert "is known here" in complained or "an account, a slash and a number" in complained
    status, _, complained = await terminal.type(
        "start", str(EXAMPLES / "complaint.yaml"), "--key", "inbox:maya"
    )
    assert 2 == status
    assert "an account, a slash and a number" in complained
