"""
The reference under ``docs/reference``, written from the code itself: commands, lifecycle, settings.

``make docs`` writes it; a test says when it is out of date.
"""

from pathlib import Path

import typer
from typer.cli import get_docs_for_click

from entrypoints.cli import app
from escalation.lifecycle import LIFECYCLE, RCA_COURSE, Row, diagram
from runtime.settings import ROOT, Settings, variable

FOLDER = ROOT / "docs" / "reference"
_WRITTEN = "<!-- Written by `make docs` from the code; change it there. -->\n\n"


def pages() -> dict[str, str]:
    """File name to text."""
    return {"commands.md": _commands(), "lifecycle.md": _lifecycle(), "settings.md": _settings()}


def write(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def _commands() -> str:
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="escalate")
    text = get_docs_for_click(obj=command, ctx=context, name="escalate")
    return _WRITTEN + "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"


def _lifecycle() -> str:
    return (
        f"{_WRITTEN}# The lifecycle\n\nDrawn from the table in `escalation/lifecycle.py`.\n\n"
        f"```mermaid\n{diagram()}```\n\n## Moves\n\n{_table(LIFECYCLE)}\n"
        f"## The course of the RCA, within `closing`\n\n{_table(RCA_COURSE)}"
    )


def _table(rows: tuple[Row, ...]) -> str:
    lines = ["| move | from | to |", "| --- | --- | --- |"]
    lines += [f"| {row.move.words} | {', '.join(row.sources)} | {row.target or 'stays'} |" for row in rows]
    return "\n".join(lines) + "\n"


def _settings() -> str:
    lines = ["| variable | what it must be | default |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "as described" if field.default_factory else "" if field.default is None else field.default
        shown = default.relative_to(ROOT) if isinstance(default, Path) else default
        lines.append(f"| `{variable(name)}` | {field.description} | {shown} |")
    return (
        f"{_WRITTEN}# Settings\n\nEnvironment variables of every process. The connection has Temporal's own: "
        "`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, `TEMPORAL_PROFILE`, or a "
        "profile in `temporal.toml`.\n\n" + "\n".join(lines) + "\n"
    )
