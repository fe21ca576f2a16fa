"""Everything wrong with what was typed is told at once."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from entrypoints.cli import program
from escalation.kernel.refusals import BadRequest
from planning.plan.start_faults import read_request
from planning.playbook.loader import load_playbook
from runtime.settings import ROOT
from tests.complaint import a_complaint
from tests.escalations import REFERENCE

KEY = "ACME/4711"


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("report --from 2026-13-01 --to yesterday --by colour --tz Mars", "--tz --from --to --by"),
        ("records export --from soon --tz Mars", "--tz --from the form"),
        (
            f"playbook simulate {REFERENCE} --category nosuch --priority P9 --reason rain --at never --tz Mars",
            "--tz --at --priority --reason --category",
        ),
        (f"playbook on-call {REFERENCE} nosuch --at never --tz Mars", "--tz --at FILE"),
        (f"playbook coverage {REFERENCE} --from never --tz Mars", "--tz --from"),
        (f"playbook diff {REFERENCE} {REFERENCE} --at never --tz Mars", "--tz --at"),
        ("playbook backtest log.csv --map nowhere.yaml --tz Mars", "--tz --map"),
        (
            "message preview nosuch --lang !! --tz Mars/Phobos --facts huge",
            "--tz --lang --facts OCCASION",
        ),
        (f"script {KEY} --lang !! --tz Mars", "--tz --lang"),
        (
            f"rca document {KEY} --audience boss --lang xx --pdf /nonexistent/x.pdf --tz Mars",
            "--tz --audience --lang --pdf",
        ),
        (
            f"task-force task add {KEY} name '' --as x --owner '' --due yesterday --tz Mars",
            "--tz --due WHAT --owner",
        ),
        (
            f"task-force deploy {KEY} 'No Slug' --as x --mission '' --lead x --seat =x --status-every 2parsecs",
            "--status-every NAME --mission --seat 1.role",
        ),
        (f"plan {KEY} --step 'no colon' --step 'ben: x' --step 'ben:' --as ''", "--step 1 --step 3 --as"),
    ],
    ids=lambda words: " ".join(words.split()[:2]),
)
def test_no_fault_hides_another(capsys: pytest.CaptureFixture[str], words: str, places: str) -> None:
    """
    START-6: every fault in one message, each where it was typed; no server is asked before.
    """
    assert program.BAD_INPUT == program.run(shlex.split(words))

    told = capsys.readouterr().err.splitlines()[1:]
    assert places == " ".join(line.strip().partition(":")[0] for line in told)


def test_a_start_file_hears_of_shape_and_playbook_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    START-6: a missing priority, a wrong category, wrong people and a wrong tier, each with its line.
    """
    written = (ROOT / "examples" / "complaint.yaml").read_text(encoding="utf-8")
    for before, after in (
        ("category: complaint", "category: complaimt"),
        ("priority: P2", "urgency: high"),
        ("submitted_by: maya", "submitted_by: maja"),
        ("tier: gold", "tier: goldd"),
        ("language: tr,", "colour: red,"),
    ):
        written = written.replace(before, after)
    file = tmp_path / "start.yaml"
    file.write_text(written, encoding="utf-8")

    assert program.BAD_INPUT == program.run(["start", str(file)])

    told = capsys.readouterr().err
    assert "5 faults" in told
    for place, name in ((6, "category"), (11, "submitted_by"), (14, "customers.0.tier")):
        assert f"{file}:{place}:" in told
        assert name in told
    assert "given nothing; allowed: either a priority, or both impact and urgency" in told
    assert "{'" not in told


def test_start_options_hear_of_shape_and_playbook_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """
    START-6: by the options that were typed, or left out.
    """
    words = f"start --key {KEY} --subject Wet --issue-type customer_service_requests --category nosuch --as nobody"

    assert program.BAD_INPUT == program.run([*shlex.split(words), "--reason", "rain"])

    told = capsys.readouterr().err.splitlines()[1:]
    places = {line.strip().partition(":")[0] for line in told}
    assert {"--category", "--as", "--priority", "--reason", "--customer"} == places


def test_a_start_by_hand_hears_of_shape_and_playbook_at_once() -> None:
    """
    START-6: as the worker reads it; the key too, and nothing twice.
    """
    written: dict[str, Any] = a_complaint(key=KEY, category="nosuch", submitted_by="nobody", colour="red")
    written.pop("priority", None)

    with pytest.raises(BadRequest) as refused:
        read_request("ACME/1", written, load_playbook(REFERENCE))

    places = [fault.location for fault in refused.value.faults]
    assert ["category", "colour", "key", "priority", "submitted_by"] == sorted(places)
