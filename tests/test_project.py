"""
The project itself: its names, its lock, its imports and its tests keep the rules that no other tool checks.
"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent

PACKAGES = frozenset(
    {
        "escalation",
        "planning",
        "workflows",
        "activities",
        "delivery",
        "messages",
        "channels",
        "records",
        "documents",
        "encryption",
        "identity",
        "privacy",
        "entrypoints",
        "runtime",
        "clients",
        "workers",
    }
)
OUR_NAMES = PACKAGES | {"worker", "client", "benchmarks"}

# import-linter reads packages; these two are single files. What each may import of ours:
SINGLE_FILES = {
    "client": {"clients"},
    "worker": {"workers", "workflows", "runtime", "encryption", "escalation"},
}

DRAWERS = frozenset({"util", "utils", "common", "helper", "helpers", "core", "manager", "managers", "misc"})


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


LOCKS = ("requirements.lock", "requirements-run.lock", "requirements-large.lock")


def lock_text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def locked(lock: str) -> Iterator[tuple[Requirement, list[str]]]:
    """
    Yield each entry of the lock with its hashes.
    """
    lines = [line for line in lock_text(lock).splitlines() if line and not line.lstrip().startswith("#")]
    for entry in re.split(r"\n(?=\S)", "\n".join(lines)):
        requirement, *options = [part.strip().removesuffix("\\").strip() for part in entry.split("\n")]
        yield Requirement(requirement), options


def files_of_the_tree() -> list[Path]:
    """
    List what git knows or would take in, relative to the root; outside a checkout, what lies there.
    """
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listing = subprocess.run(
            [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
        return [Path(name) for name in listing.stdout.split("\0") if name]
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [path for path in found if not any(part.startswith(".") for part in path.parts)]


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_no_dependency_owns_one_of_our_names() -> None:
    """
    Our top-level names are generic: a dependency with the same one would hide ours, or be hidden by it.
    """
    ours = canonicalize_name(project()["project"]["name"])
    owners = {
        name: others
        for name, distributions in packages_distributions().items()
        if name in OUR_NAMES and (others := {canonicalize_name(each) for each in distributions} - {ours})
    }

    assert {} == owners
    assert set() == OUR_NAMES & sys.stdlib_module_names


def test_every_package_is_listed_where_it_must_be() -> None:
    """
    A package left out of the build or of the import rules would be missed by nobody until it hurts.
    """
    settings = project()["tool"]
    shipped = set(settings["hatch"]["build"]["targets"]["wheel"]["only-include"])
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks", "tests"}

    assert packages == PACKAGES
    assert shipped == {*PACKAGES, "playbooks", "worker.py", "client.py"}
    assert set(settings["importlinter"]["root_packages"]) == PACKAGES


@pytest.mark.parametrize("name", sorted(SINGLE_FILES))
def test_single_files_import_one_way_too(name: str) -> None:
    """
    `client` and `worker` keep the import rules of the packages.
    """
    path = ROOT / f"{name}.py"
    tree = ast.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    ours = {module.partition(".")[0] for module in imported_modules(tree)} & OUR_NAMES

    assert ours <= SINGLE_FILES[name]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_place(lock: str) -> None:
    """
    The lock says what and with which hash, never from where: no address, no host, no path, no option.
    """
    places = re.compile(
        r"://|^\s*-(?!-hash=)|\s@\s|(?:^|[\s'\"=(])(?:/|~|\.{1,2}/|[A-Za-z]:\\)", re.MULTILINE
    )

    assert [] == [line for line in lock_text(lock).splitlines() if places.search(line)]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_of_the_lock_is_pinned_and_hashed(lock: str) -> None:
    """
    One exact version each, and nothing installs that is not the file that was locked.
    """
    entries = list(locked(lock))

    assert entries
    for requirement, options in entries:
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert options, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", option) for option in options), requirement


def test_what_runs_is_a_part_of_the_whole_lock() -> None:
    """
    An image runs what was tested.
    """
    whole, run = ({str(entry): options for entry, options in locked(lock)} for lock in LOCKS[:2])
    assert run.items() <= whole.items()
    assert not any(entry.startswith(("pytest", "mypy", "playwright")) for entry in run)


@pytest.mark.parametrize(
    ("lock", "groups"), [(LOCKS[0], ["dev", "install"]), (LOCKS[1], ["install"]), (LOCKS[2], ["large"])]
)
def test_the_lock_holds_what_the_project_asks_for(lock: str, groups: list[str]) -> None:
    """
    `make lock` was run after the last change of a dependency.
    """
    versions = {
        canonicalize_name(entry.name): str(entry.specifier).removeprefix("==") for entry, _ in locked(lock)
    }
    settings = project()
    in_groups = [
        each for group in groups for each in settings["dependency-groups"][group] if isinstance(each, str)
    ]
    asked = map(Requirement, [*settings["project"]["dependencies"], *in_groups])

    assert [] == [
        str(requirement)
        for requirement in asked
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), "0"))
    ]


def test_no_file_is_a_drawer_for_everything() -> None:
    """
    A name says what is inside; these say that nobody decided.
    """
    assert [] == [
        path for path in files_of_the_tree() if DRAWERS & {Path(part).stem.lower() for part in path.parts}
    ]


def patches(source: str) -> list[str]:
    """
    Say where *source* replaces code under test: mock libraries, and all of monkeypatch but its environment.
    """
    tree = ast.parse(source)
    found = [
        f"imports {module}"
        for module in imported_modules(tree)
        if module in {"mock", "unittest", "pytest_mock"} or module.startswith(("mock.", "unittest.mock"))
    ]
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(
                value=ast.Name(id=name), attr="setattr" | "delattr" | "setitem" | "delitem" as attr
            ):
                found.append(f"line {node.lineno}: {name}.{attr}")
            case ast.arg(arg="mocker" as name):
                found.append(f"line {node.lineno}: {name}")
            case _:
                pass
    return found


@pytest.mark.parametrize("path", python_files("tests"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_test_patches_anything(path: Path) -> None:
    """
    Tests use builders, fakes and real servers on loopback; only the environment and the folder may be set.
    """
    assert [] == patches(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "from unittest.mock import patch",
        "from unittest import mock",
        "import unittest.mock",
        "def test_it(monkeypatch): monkeypatch.setattr('engine.decide', None)",
        "def test_it(mocker): ...",
    ],
)
def test_a_patch_is_noticed(source: str) -> None:
    """
    The guard itself is guarded: each of these breaks the rule above.
    """
    assert 1 == len(patches(source))


def test_setting_the_environment_is_no_patch() -> None:
    """
    Environment and working folder are input, so a test may set them.
    """
    assert [] == patches(
        "def test_it(monkeypatch, tmp_path): monkeypatch.setenv('A', 'b'); monkeypatch.chdir(tmp_path)"
    )
