"""
Texts for customers that wait for approval: ``escalate message approve | edit | reject`` (COMM-6).

Who may, the engine says.
"""

from typing import Annotated

import typer

from entrypoints.cli.client_call import By, Json, Key, Note, Why, make_move
from escalation.case import commands as c

app = typer.Typer()

Number = Annotated[
    int | None,
    typer.Argument(metavar="[N]", help="Which text, if several wait; `show` lists them.", show_default=False),
]


@app.command()
def approve(key: Key, by: By, number: Number = None, note: Note = "", in_json: Json = False) -> None:
    """Approve a text for customers that waits: it goes out."""
    make_move(key, c.ApproveText, in_json, by=by, number=number, note=note)


@app.command()
def edit(
    key: Key,
    by: By,
    text: Annotated[str, typer.Option("--text", help="The new words for customers.", show_default=False)],
    number: Number = None,
    why: Why = "",
    in_json: Json = False,
) -> None:
    """Put other words in place of a text that waits; it still waits."""
    make_move(key, c.EditText, in_json, by=by, number=number, text=text, why=why)


@app.command()
def reject(key: Key, by: By, why: Why, number: Number = None, in_json: Json = False) -> None:
    """A text that waits does not go out; its author is told why."""
    make_move(key, c.RejectText, in_json, by=by, number=number, why=why)
