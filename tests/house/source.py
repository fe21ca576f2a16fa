"""The Python files of the project, read once."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file. *path* is relative to the root."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass(frozen=True)
class House:
    product: tuple[Source, ...]
    others: tuple[Source, ...]
    """Tests, benchmarks and examples."""
    stated_rules: frozenset[str]

    def functions(self) -> Iterator[tuple[Source, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for source in self.product:
            for node in ast.walk(source.tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield source, node


Places = list[str]
"""The place of a finding: `path:line what`, or a path."""


def read_house() -> House:
    """Read what git knows or would take in. The product is what the wheel ships."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = sorted({path for path in listing.stdout.splitlines() if (ROOT / path).is_file()})
    sources = [Source(path, (ROOT / path).read_text(encoding="utf-8")) for path in paths]
    rules = (ROOT / "docs/reference/rules.md").read_text(encoding="utf-8")
    return House(
        product=tuple(each for each in sources if each.path.partition("/")[0] in shipped),
        others=tuple(each for each in sources if each.path.partition("/")[0] not in shipped),
        stated_rules=frozenset(re.findall(r"^- \*\*([A-Z]+-\d+)\*\* ", rules, re.MULTILINE)),
    )
