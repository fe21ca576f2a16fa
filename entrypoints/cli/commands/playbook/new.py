"""
`escalate playbook new`: a first playbook, made of answers to a few questions.

On a terminal it asks what no option says; otherwise every answer has its option. Nothing is ever overwritten.
"""

from pathlib import Path
from typing import Annotated

import typer

from entrypoints.cli.options import Json


def _option(name: str, metavar: str, words: str) -> typer.models.OptionInfo:
    info: typer.models.OptionInfo = typer.Option(name, metavar=metavar, help=words, show_default=False)
    return info


def new(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="The file to write; it must not exist.")
    ] = Path("playbook.yaml"),
    name: Annotated[
        str | None, _option("--name", "NAME", "What your organisation or desk is called.")
    ] = None,
    time_zone: Annotated[
        str | None, _option("--time-zone", "ZONE", "Where you work, such as Europe/London.")
    ] = None,
    hours: Annotated[
        list[str] | None,
        _option(
            "--hours", "'DAYS HOURS'", "When you are open; can be repeated. If omitted: mon-fri 09:00-17:00."
        ),
    ] = None,
    holidays: Annotated[
        list[str] | None,
        _option("--holidays", "COUNTRY", "Whose public holidays you keep: GB, GB-ENG. If omitted: none."),
    ] = None,
    language: Annotated[
        list[str] | None,
        _option("--language", "TAG", "A language you write in, your own first. If omitted: en."),
    ] = None,
    person: Annotated[
        list[str] | None,
        _option("--person", "'ID, NAME, E-MAIL'", "Somebody who works with you; can be repeated."),
    ] = None,
    level: Annotated[
        list[str] | None,
        _option(
            "--level",
            "'NAME: ID, ID'",
            "A level and who is asked there, the first level first; can be repeated.",
        ),
    ] = None,
    manager: Annotated[
        list[str] | None,
        _option("--manager", "ID", "Who looks after escalations. If omitted: somebody who is at no level."),
    ] = None,
    category: Annotated[
        list[str] | None,
        _option(
            "--category", "'ID: NAME'", "What customers come with; can be repeated. If omitted: Complaint."
        ),
    ] = None,
    in_json: Json = False,
) -> None:
    """Write a first playbook, with comments, from a few answers: by options, or asked on a terminal."""
    from entrypoints.cli.new_playbook.interview import make_playbook

    given = {
        "--name": [name] if name is not None else [],
        "--time-zone": [time_zone] if time_zone is not None else [],
        "--hours": hours or [],
        "--holidays": holidays or [],
        "--language": language or [],
        "--person": person or [],
        "--level": level or [],
        "--manager": manager or [],
        "--category": category or [],
    }
    make_playbook(file, given, in_json=in_json)
