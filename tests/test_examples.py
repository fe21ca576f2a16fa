"""
The examples that talk over HTTP say in one sentence what they lack, and end with an exit status that tells of it.
"""

import os
import subprocess
import sys

import pytest

from runtime.settings import ROOT

NOWHERE = "http://127.0.0.1:9/escalations"
SECRET = {"ESCALATION_INTAKE_SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}


@pytest.mark.parametrize(
    ("words", "environ", "status", "said"),
    [
        (["start_by_webhook.py", NOWHERE], {}, 2, "set ESCALATION_INTAKE_SECRET"),
        (["start_by_webhook.py"], SECRET, 2, "give the URL"),
        (["start_by_webhook.py", "escalations"], SECRET, 2, "unknown url type"),
        (["start_by_webhook.py", NOWHERE], SECRET | {"ESCALATION_INTAKE_SECRET": "whsec_…"}, 2, "of no use"),
        (["start_by_webhook.py", NOWHERE], SECRET, 1, "does not answer: "),
        (["receive_webhook.py"], {}, 1, "set WEBHOOK_SECRET"),
    ],
)
def test_an_example_says_what_it_lacks(
    words: list[str], environ: dict[str, str], status: int, said: str
) -> None:
    """
    START-1, COMM-11: one line, no traceback.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"WEBHOOK_SECRET", *SECRET} and not name.lower().endswith("_proxy")
    }
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / words[0], *words[1:]],
        env=inherited | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert status == done.returncode
    assert said in done.stderr
    assert 1 == len(done.stderr.splitlines())
