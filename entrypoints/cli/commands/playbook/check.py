"""
Commands that check a playbook and show what it says: ``check``, ``show``, ``schema``, ``diagram``.

Mounted as ``escalate playbook``. They read files and ask no server.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from entrypoints.cli.client_call import Category, IssueType, Json, PlaybookFile, configured_playbook
from entrypoints.cli.render import escalation
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import BadRequest, Fault
from planning.playbook.faults import file_fault

if TYPE_CHECKING:
    from planning.playbook.loader import Playbook, PlaybookExamination

app = typer.Typer(help="Check a playbook, show what it says, and try it.", no_args_is_help=True)

BAD_INPUT = 2
WARNED = 1
STANDARD_OUTPUT = "-"


@app.command()
def check(
    file: PlaybookFile = None,
    is_strict: Annotated[
        bool, typer.Option("--strict", help="Exit status 1 if there are warnings, and no faults.")
    ] = False,
    in_json: Json = False,
) -> None:
    """Find faults and warnings, each with its place; exit status 2 if there are faults."""
    examined = examine(configured_playbook(file), in_json=in_json)
    if examined.faults:
        raise typer.Exit(BAD_INPUT)
    if is_strict and examined.warnings:
        raise typer.Exit(WARNED)


def examine(path: Path, *, in_json: bool) -> "PlaybookExamination":
    """Examine the playbook at *path* as of now, and show what was found."""
    from planning.playbook.loader import examine_playbook

    examined = examine_playbook(path, datetime.now(UTC))
    escalation.as_json(_report(path, examined)) if in_json else _tell(path, examined)
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
            {**_place(fault.where), **fault.model_dump(include={"given", "allowed", "suggestion"})}
            for fault in examined.faults
        ],
        "warnings": [
            {**_place(warning.where), "odd": warning.odd, "better": warning.better}
            for warning in examined.warnings
        ],
    }


_WHERE = re.compile(r"(?P<file>.*?):(?P<line>\d+):(?P<column>\d+)(?: (?P<path>.*))?", re.DOTALL)


def _place(where: str) -> dict[str, str | int | None]:
    """``reference.yaml:12:3 calendars.office`` in its parts."""
    found = _WHERE.fullmatch(where)
    if not found:
        return {"file": where, "line": None, "column": None, "path": ""}
    return {
        "file": found["file"],
        "line": int(found["line"]),
        "column": int(found["column"]),
        "path": found["path"] or "",
    }


def _tell(path: Path, examined: "PlaybookExamination") -> None:
    for fault in examined.faults:
        escalation.out.print(Text("fault    ", style="red").append(_worded(fault), style="default"))
    for warning in examined.warnings:
        escalation.out.print(Text("warning  ", style="yellow").append(str(warning), style="default"))
    counts = [
        number_of(len(found), word, none="no")
        for word, found in (("fault", examined.faults), ("warning", examined.warnings))
    ]
    if examined.playbook is None:
        more = "" if examined.is_complete else "; mending these may show more"
        said = f"{path}: {counts[0]}; nothing would start with this playbook{more}"
        escalation.out.print(Text(said, style="red"))
        return
    playbook = examined.playbook
    categories = sum(len(kind.categories) for kind in playbook.issue_types.values())
    people = number_of(len(playbook.people), "person", "people")
    said = f"{playbook.name} {playbook.version}, {number_of(categories, 'category', 'categories')}, {people}"
    if playbook.holding_update:
        escalation.out.print(Text(f"note     {_holding(playbook)}", style="dim"))
    escalation.out.print(
        Text(f"{path}: {', '.join(counts)} ({said})", style="" if examined.warnings else "green")
    )


def _holding(playbook: "Playbook") -> str:
    """Return what customers get to whom nobody writes (COMM-3)."""
    rules = playbook.holding
    apart = f", at least {rules.every.written} apart" if rules.at_most > 1 else ""
    return (
        f"a missed update sends {rules.at_most} holding updates in a row at most{apart}; "
        "then none until somebody writes to customers"
    )


def _worded(fault: Fault) -> str:
    """What was probably meant goes before what is allowed, which can be long."""
    meant = f"did you mean {fault.suggestion}? " if fault.suggestion else ""
    return f"{fault.where}: given {fault.given}; {meant}allowed: {fault.allowed}"


@app.command()
def show(
    file: PlaybookFile = None,
    category: Category = None,
    issue_type: IssueType = None,
    html: Annotated[
        str | None,
        typer.Option("--html", metavar="OUT", help="Write a page to look at and to print; - prints it."),
    ] = None,
    in_json: Json = False,
) -> None:
    """Show the matrix: for each category its levels, windows, responses and triggers; and the priorities."""
    from entrypoints.cli.render import matrix_page, matrix_table
    from planning.playbook.loader import load_playbook
    from planning.playbook.matrix import category_tables_of, priority_rows_of

    playbook = load_playbook(configured_playbook(file))
    chosen, rows = category_tables_of(playbook, issue_type, category), priority_rows_of(playbook)
    if html:
        _write(html, matrix_page.make_matrix_page(playbook, chosen, rows), "the page")
    elif in_json:
        escalation.as_json(
            {"categories": [_as_dict(each) for each in chosen], "priorities": [_as_dict(r) for r in rows]}
        )
    else:
        escalation.out.print(Text(f"{playbook.name} {playbook.version}", style="bold"))
        escalation.out.print(matrix_table.matrix(chosen), soft_wrap=False)
        escalation.out.print(matrix_table.render_priorities(rows), soft_wrap=False)


def _as_dict(row: Any) -> Any:
    """Named tuples as JSON objects, all the way down."""
    if hasattr(row, "_asdict"):
        return {name: _as_dict(value) for name, value in row._asdict().items()}
    return [_as_dict(each) for each in row] if isinstance(row, tuple) else row


@app.command()
def schema() -> None:
    """Print the JSON Schema of a playbook file, for editors."""
    from planning.playbook.json_schema import make_json_schema

    escalation.write_json(json.dumps(make_json_schema(), ensure_ascii=False, indent=2))


@app.command()
def diagram(
    file: PlaybookFile = None,
    category: Category = None,
    issue_type: IssueType = None,
    svg: Annotated[
        str | None,
        typer.Option("--svg", metavar="OUT", help="Draw it as SVG rather than Mermaid; - prints it."),
    ] = None,
) -> None:
    """Draw a category's ladder, or without --category the lifecycle, as Mermaid or SVG."""
    from escalation.case.lifecycle import diagram as lifecycle
    from planning.mermaid import render_svg
    from planning.playbook.level_diagram import draw_levels
    from planning.playbook.loader import load_playbook
    from planning.playbook.matrix import category_tables_of

    if category is None:
        drawn, title = lifecycle(), "The lifecycle of an escalation"
    else:
        playbook = load_playbook(configured_playbook(file))
        table, *others = category_tables_of(playbook, issue_type, category)
        if others:
            allowed = ", ".join(each.issue_type for each in (table, *others))
            fault = Fault(where="--issue-type", given="nothing", allowed=f"the one you mean: {allowed}")
            raise BadRequest.because("what to draw", (fault,))
        drawn, title = draw_levels(table), f"{table.name} ({playbook.name} {playbook.version})"
    _write(svg or STANDARD_OUTPUT, render_svg(drawn, title) if svg else drawn, "the picture")


def _write(target: str, text: str, what: str) -> None:
    if target == STANDARD_OUTPUT:
        escalation.write(text)
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadRequest.because(what, (file_fault(target, error, "a file that can be written"),)) from None
    escalation.out.print(Text(f"Written: {target}"))
