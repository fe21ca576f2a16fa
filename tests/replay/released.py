"""
Histories that a release has recorded: they are never changed or removed, because escalations of that release still run.

Owns the question, and asks git. New histories are added beside the old ones; what a history leads to
(`*.expected.json`) may say more than before, so it may be changed, but not removed.
"""

import os
import subprocess
from pathlib import Path

FOLDER = "tests/replay/histories"
HOW_TO_GO_ON = (
    "Escalations of {tag} may still run, and workers replay their histories. Restore these files with"
    " `git checkout {tag} -- FILE`, and keep the change replayable: CONTRIBUTING.md, section"
    " “Keep a change replayable”. Record what is new under a new name."
)


def newest_release(root: Path) -> str | None:
    """Return the newest tag `v*` behind the current commit; None before the first release, and without git."""
    if not (root / ".git").exists():
        return None
    tags = _git(root, "tag", "--list", "v*", "--merged", "HEAD", "--sort", "-version:refname")
    return tags[0] if tags else None


def changed_since(root: Path, tag: str) -> list[str]:
    """Return each released history that differs from *tag* now, committed or not, and each file that is gone."""
    lines = _git(root, "diff", "--no-renames", "--name-status", tag, "--", FOLDER)
    files = (line.split("\t", 1) for line in lines)
    return sorted(file for status, file in files if _is_refused(status, file))


def _is_refused(status: str, file: str) -> bool:
    return status != "A" and (status == "D" or not file.endswith(".expected.json"))


def _git(root: Path, *arguments: str) -> list[str]:
    # a hook of git sets variables that lead to another repository
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, env=environment, check=True
    )
    return done.stdout.splitlines()
