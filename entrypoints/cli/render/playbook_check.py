"""Faults and warnings of a playbook, in a terminal and as plain data."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from entrypoints.reason_text import say
from entrypoints.terminal import as_json, out
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.refusals import Fault, Place
from planning.playbook.loader import Playbook, PlaybookExamination, examine_playbook


def examine(path: Path, *, in_json: bool) -> "PlaybookExamination":
    """Examine the playbook at *path* as of now, and show what was found."""
    examined = examine_playbook(path, datetime.now(UTC))
    as_json(_report(path, examined)) if in_json else _print(path, examined)
    return examined


def _report(path: Path, examined: "PlaybookExamination") -> dict[str, Any]:
    playbook = examined.playbook
    named = (
        {"name": playbook.name, "version": playbook.version, "sha256": playbook.sha256} if playbook else {}
    )
    return {
        "file": str(path),
        **named,
        "is_complete": examined.is_complete,
        "holding_updates": (
            {"at_most": playbook.holding.at_most, "every": playbook.holding.every.written}
            if playbook and playbook.holding_update
            else None
        ),
        "faults": [
            {
                **_located(fault),
                "given": fault.given,
                "allowed": fault.allowed,
                "suggestion": fault.suggestion,
            }
            for fault in examined.faults
        ],
        "warnings": [
            {**_located(warning), "odd": warning.given, "better": warning.allowed}
            for warning in examined.warnings
        ],
    }


def _located(fault: Fault) -> dict[str, str | int | None]:
    """Return where a fault or warning is; what is not about a place in a file has no line."""
    at = fault.place or Place(fault.where)
    path = fault.where if fault.place else ""
    return {"file": at.file, "line": at.line or None, "column": at.column or None, "path": path}


def _print(path: Path, examined: "PlaybookExamination") -> None:
    for fault in examined.faults:
        out.print(Text("fault    ", style="red").append(_format_fault(fault), style="default"))
    for warning in examined.warnings:
        out.print(Text("warning  ", style="yellow").append(_format_warning(warning), style="default"))
    counts = [
        number_of(len(found), word, none="no")
        for word, found in (("fault", examined.faults), ("warning", examined.warnings))
    ]
    if examined.playbook is None:
        more = "" if examined.is_complete else "; fixing these may show more"
        said = f"{path}: {counts[0]}; nothing would start with this playbook{more}"
        out.print(Text(said, style="red"))
        return
    playbook = examined.playbook
    categories = sum(len(kind.categories) for kind in playbook.issue_types.values())
    people = number_of(len(playbook.people), "person", "people")
    said = f"{playbook.name} {playbook.version}, {number_of(categories, 'category', 'categories')}, {people}"
    if playbook.holding_update:
        out.print(Text(f"note     {_holding(playbook)}", style="dim"))
    out.print(Text(f"{path}: {', '.join(counts)} ({said})", style="" if examined.warnings else "green"))


def _holding(playbook: "Playbook") -> str:
    """Return what customers get to whom nobody writes (COMM-3)."""
    rules = playbook.holding
    apart = f", at least {rules.every.written} apart" if rules.at_most > 1 else ""
    return (
        f"a missed update sends {rules.at_most} holding updates in a row at most{apart}; "
        "then none until somebody writes to customers"
    )


def _format_fault(fault: Fault) -> str:
    """Put what was probably meant before what is allowed, which can be long."""
    meant = f"did you mean {fault.suggestion}? " if fault.suggestion else ""
    return f"{fault.location}: given {say(fault.given)}; {meant}allowed: {say(fault.allowed)}"


def _format_warning(fault: Fault) -> str:
    return f"{fault.location}: {say(fault.given)}; better: {say(fault.allowed)}"
