"""Everything wrong with what was typed is told at once."""

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
        ("playbook backtest log.csv --map nowhere.yaml --tz Mars", "--tz --map nowhere.yaml"),
        (
            "message preview nosuch --lang !! --tz Mars/Phobos --facts huge",
            "--tz --lang --facts OCCASION",
        ),
        (f"script {KEY} --lang !! --tz Mars", "--tz --lang"),
        (
            f"rca document {KEY} --audience boss --lang xx --pdf /nonexistent/x.pdf --tz Mars",
            "--tz --audience --lang --pdf",
        ),
    ],
    ids=lambda words: " ".join(words.split()[:2]),
)
def test_a_wrong_zone_hides_no_other_fault(
    capsys: pytest.CaptureFixture[str], words: str, places: str
) -> None:
    """
    START-6: every fault in one message, each where it was typed; no server is asked before.
    """
    assert cli.BAD_INPUT == cli.run(words.split())

    told = capsys.readouterr().err.splitlines()[1:]
    assert places == " ".join(line.strip().partition(":")[0] for line in told)
