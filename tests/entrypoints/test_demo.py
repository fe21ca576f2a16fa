"""
``make demo``: the story that a newcomer sees first.
"""

import subprocess
import sys
from pathlib import Path

from runtime.settings import ROOT


def test_the_demo_tells_its_story_and_keeps_what_was_written(tmp_path: Path) -> None:
    """
    Each of its commands ends as it should, or the demo fails: rises, a task force, an access denied (RESOLVE-6), the
    RCA for us and for the customer (CLOSE-3, CLOSE-4), a survey answered by link (CLOSE-6), record and report.
    """
    words = [sys.executable, "-m", "entrypoints.cli", "demo", "--papers", str(tmp_path)]
    demo = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert 0 == demo.returncode, demo.stdout + demo.stderr
    for told in ("rose from level 3 to 4", "seat agent", "answer: no", "score: 2", "escalate report"):
        assert told in demo.stdout
    letters = (tmp_path / "letters.html").read_text(encoding="utf-8")
    for subject in ("We have taken up your case again", "Laporan Anda sudah ditutup", "Başvurunuz kapatıldı"):
        assert subject in letters
    for paper in ("rca-internal.pdf", "rca-customer.pdf", "ACME-4711-rca.pdf"):
        assert (tmp_path / paper).read_bytes().startswith(b"%PDF")
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")
