"""A move that is declared can be typed: a new one needs no code of the command line."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field
from typer.main import get_command_from_info
from typer.models import CommandInfo

from entrypoints.cli.move_declarations import DeclaredMove
from entrypoints.cli.move_options import make_function, read_fields
from escalation.kernel.command_fields import FieldKind
from escalation.kernel.field_reader import fields_of


class Tone(StrEnum):
    KIND = "kind"
    FIRM = "firm"


class Gift(BaseModel):
    what: str


class Nudge(BaseModel):
    """Remind the owner."""

    kind: Literal["nudge"] = "nudge"
    by: str
    tone: Annotated[Tone, Field(description="How it is said")] = Tone.KIND
    times: Annotated[int | None, Field(description="How often. If omitted: once.")] = None
    is_loud: Annotated[bool, Field(description="Wake them.")] = False
    topics: Annotated[tuple[str, ...], Field(description="What about.")] = ()
    day: date | None = None
    at: datetime | None = None
    every: timedelta | None = None
    gift: Gift | None = None
    note: Annotated[str, Field(description="What you want to add.")]


NUDGE = DeclaredMove(
    ("nudge",),
    "escalation",
    "nudge",
    "Remind the owner.",
    tuple(field for field in fields_of(Nudge) if field.kind is not FieldKind.RECORD),
)


def test_fields_say_what_they_take() -> None:
    """Plain data: of the kind, which says which move it is, nothing is asked."""
    kinds = {field.name: field.kind.value for field in fields_of(Nudge)}

    assert kinds == {
        "by": "text",
        "tone": "choice",
        "times": "number",
        "is_loud": "flag",
        "topics": "text",
        "day": "day",
        "at": "instant",
        "every": "span",
        "gift": "record",
        "note": "text",
    }
    tone, topics = (
        next(field for field in fields_of(Nudge) if field.name == name) for name in ("tone", "topics")
    )
    assert (("kind", "firm"), "kind", False) == (tone.values, tone.default, tone.is_required)
    assert topics.is_list


def test_a_declared_move_is_a_command() -> None:
    """The key, an option for each field, and JSON; with the texts of the declaration."""
    info = CommandInfo(name="nudge", callback=make_function(NUDGE))
    command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    options = {each.opts[0]: each for each in command.params}

    assert "Remind the owner." == command.help
    expected = [
        "key",
        "--as",
        "--tone",
        "--times",
        "--is-loud",
        "--topics",
        "--day",
        "--at",
        "--every",
        "--note",
        "--tz",
        "--dry-run",
        "--json",
    ]
    assert [name.removeprefix("to_") for name in options] == expected
    assert "How it is said: kind or firm." == getattr(options["--tone"], "help")  # noqa: B009 - of typer's own class
    assert "-m" in options["--note"].opts
    assert options["--note"].required
    assert not options["--times"].required


def test_values_of_a_choice_are_read_in_any_case() -> None:
    """Any other text is left as it was typed: the rules refuse it."""
    assert {"tone": "firm"} == dict(read_fields(NUDGE, {"tone": "FIRM"}))
    assert {"tone": "rude", "note": "KIND"} == dict(read_fields(NUDGE, {"tone": "rude", "note": "KIND"}))
