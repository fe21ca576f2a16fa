"""Everything wrong with what was typed is told at once."""

import shlex

import pytest

from entrypoints import cli
from tests.desk import REFERENCE

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
    assert cli.BAD_INPUT == cli.run(shlex.split(words))

    told = capsys.readouterr().err.splitlines()[1:]
    assert places == " ".join(line.strip().partition(":")[0] for line in told)
