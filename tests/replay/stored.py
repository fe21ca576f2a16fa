"""Histories as files: what Temporal's own `workflow show --output json` writes, and beside it where it led."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

FOLDER = Path(__file__).parent / "histories"
_EXPECTED = ".expected.json"


@dataclass(frozen=True)
class Stored:
    """One run: its history, and what the queries answered at its end (None: it was never opened)."""

    name: str
    history: WorkflowHistory
    expected: dict[str, Any] | None

    @classmethod
    def load(cls, name: str) -> "Stored":
        found = json.loads((FOLDER / f"{name}{_EXPECTED}").read_text())
        history = WorkflowHistory.from_json(found["workflow"], (FOLDER / f"{name}.json").read_text())
        return cls(name, history, found["expected"])

    def store(self) -> None:
        found = {"workflow": self.history.workflow_id, "expected": self.expected}
        _write(FOLDER / f"{self.name}.json", self.history.to_json_dict())
        _write(FOLDER / f"{self.name}{_EXPECTED}", found)


def stored_names() -> list[str]:
    return sorted(file.name.removesuffix(_EXPECTED) for file in FOLDER.glob(f"*{_EXPECTED}"))


def _write(file: Path, content: Any) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
