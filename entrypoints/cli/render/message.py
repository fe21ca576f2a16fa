"""Messages and what is wrong with their templates, in a terminal."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Line

from entrypoints.terminal import out
from escalation.kernel.counted_nouns import number_of
from messages.catalogue import Finding
from messages.renderer import RenderedMessage


def render_message(text: "RenderedMessage", audience: str) -> Panel:
    about = f"{audience}, {text.language}"
    return Panel(Line(text.text.rstrip()), title=Line(text.subject), subtitle=about, box=box.ROUNDED)


def render_message_list(rows: list[dict[str, Any]]) -> Table:
    table = Table("occasion", "audience", "languages", box=box.SIMPLE, pad_edge=False)
    for row in rows:
        table.add_row(Line(row["occasion"]), row["audience"], Line(", ".join(row["languages"])))
    return table


def findings_as_data(findings: Sequence[Finding]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {"faults": [], "warnings": []}
    for each in findings:
        found["faults" if each.is_fault else "warnings"].append({"file": each.file, "what": each.what})
    return found


def print_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        mark = ("fault    ", "red") if finding.is_fault else ("warning  ", "yellow")
        out.print(Line(mark[0], style=mark[1]).append(f"{finding.file}: {finding.what}", style="default"))
    faults = sum(finding.is_fault for finding in findings)
    warnings = len(findings) - faults
    counts = [number_of(count, word, none="no") for count, word in ((faults, "fault"), (warnings, "warning"))]
    style = "red" if faults else "" if warnings else "green"
    out.print(Line(f"{', '.join(counts)} in the messages", style=style))
