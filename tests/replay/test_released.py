"""
The check that refuses a change of released histories, tried in a repository of its own, and applied to this one.
"""

import subprocess
from pathlib import Path

import pytest

from runtime.settings import ROOT
from tests.replay.released import FOLDER, HOW_TO_GO_ON, changed_since, newest_release


def test_no_history_of_a_release_has_changed() -> None:
    tag = newest_release(ROOT)

    if tag:
        assert [] == changed_since(ROOT, tag), HOW_TO_GO_ON.format(tag=tag)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two stored histories, before its first release."""
    git(tmp_path, "init", "--quiet")
    write(tmp_path, "opened.json", "one")
    write(tmp_path, "opened.expected.json", "level 1")
    write(tmp_path, "closed.json", "two")
    commit(tmp_path)
    return tmp_path


def test_before_the_first_release_histories_are_free(repository: Path) -> None:
    assert newest_release(repository) is None

    git(repository, "tag", "trial-1")
    assert newest_release(repository) is None


def test_without_git_nothing_is_asked(tmp_path: Path) -> None:
    """A folder that was unpacked from an archive has no releases to compare with."""
    assert newest_release(tmp_path) is None


def test_a_history_that_was_released_is_never_changed(repository: Path) -> None:
    """A change is found before it is committed, and afterwards too."""
    git(repository, "tag", "v1.0.0")
    assert [] == changed_since(repository, "v1.0.0")

    write(repository, "opened.json", "another")
    assert [f"{FOLDER}/opened.json"] == changed_since(repository, "v1.0.0")
    commit(repository)
    assert [f"{FOLDER}/opened.json"] == changed_since(repository, "v1.0.0")


def test_a_history_that_was_released_is_never_removed_or_renamed(repository: Path) -> None:
    git(repository, "tag", "v1.0.0")

    git(repository, "mv", f"{FOLDER}/closed.json", f"{FOLDER}/ended.json")
    (repository / FOLDER / "opened.expected.json").unlink()
    commit(repository)

    gone = [f"{FOLDER}/closed.json", f"{FOLDER}/opened.expected.json"]
    assert gone == changed_since(repository, "v1.0.0")


def test_new_histories_are_welcome_and_views_may_say_more(repository: Path) -> None:
    git(repository, "tag", "v1.0.0")

    write(repository, "reopened.json", "three")
    write(repository, "opened.expected.json", "level 1, owner maya")
    commit(repository)

    assert [] == changed_since(repository, "v1.0.0")


def test_the_newest_release_counts(repository: Path) -> None:
    """By version, not by letters; a release that this commit does not come from does not count."""
    for tag in ("v1.9.0", "v1.10.0"):
        git(repository, "tag", tag)
    git(repository, "switch", "--quiet", "--create", "elsewhere")
    write(repository, "elsewhere.json", "four")
    commit(repository)
    git(repository, "tag", "v2.0.0")
    git(repository, "switch", "--quiet", "-")

    assert "v1.10.0" == newest_release(repository)


def write(repository: Path, name: str, content: str) -> None:
    file = repository / FOLDER / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


def commit(repository: Path) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "A change")


def git(repository: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ana Lima", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(repository), *who, *arguments], check=True, capture_output=True)
