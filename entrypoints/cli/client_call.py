"""One call of the client for each command, and the answer shown. What calls need is imported when they are made."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

    from client import EscalationClient, Unanswered
    from entrypoints.cli.move_declarations import DeclaredMove
    from escalation.case.move_index import PersonsCommand
    from escalation.case.view import MoveResult
    from escalation.kernel.refusals import Fault
    from escalation.move_preview import MovePreview, WriteMessage
    from escalation.sponsorship.playbook_people import PlaybookPeople
    from runtime.settings import Settings

_T = TypeVar("_T")


def configured_playbook(given: Path | None) -> Path:
    """Return the playbook that was given, or else the one that workers with these settings use."""
    from runtime.settings import Settings

    return given or Settings.load().playbook


def call_client(call: Callable[["EscalationClient"], Awaitable[_T]]) -> _T:
    """Connect, make *call*, and return its answer."""

    async def connected() -> _T:
        async with open_client() as client:
            return await call(client)

    return asyncio.run(connected())


@asynccontextmanager
async def open_client() -> "AsyncIterator[EscalationClient]":
    """Reach the service at ESCALATION_URL while the block runs; without one, the server itself."""
    from client import EscalationClient, ServiceClient
    from runtime.settings import Settings

    settings = Settings.load()
    if settings.url is None:
        yield await EscalationClient.connect(settings)
        return
    from entrypoints.cli.service_access import bearer_of

    async with ServiceClient.at(settings.url, await bearer_of(settings)) as client:
        yield client


def require_all(unanswered: "Iterable[Unanswered]") -> None:
    """
    End a command over many runs, once all is shown.

    Raises:
        NotAllAnswered: If some could not answer; it lists them.
    """
    from client import NotAllAnswered

    if silent := tuple(unanswered):
        raise NotAllAnswered(silent)


def make_move(
    key: str,
    move: "type[PersonsCommand]",
    in_json: bool,
    dry_run: bool,
    faults: "Iterable[Fault]" = (),
    **given: Any,
) -> None:
    """Make one move of an escalation and show what it did, unless *faults* were found before."""
    from entrypoints.cli.command_names import command_for

    words = command_for(move.move)
    make_typed_move(words, "escalation", (key,), move, given, in_json, dry_run, faults)


def make_declared_move(
    move: "DeclaredMove", named: Sequence[str], typed: dict[str, Any], in_json: bool, dry_run: bool
) -> None:
    """Make a *move* as it was *typed*, of what is *named*: an escalation, a task force, a sponsorship."""
    from entrypoints.cli.field_words import option_for
    from entrypoints.cli.move_models import MODELS
    from entrypoints.cli.move_options import read_fields
    from entrypoints.cli.option_values import OptionValues
    from escalation.kernel.command_fields import FieldKind

    options, tz = OptionValues(), typed.pop("tz", "UTC")
    given = dict(read_fields(move, typed))
    if given.get("time_zone") is not None:
        options.zone(given["time_zone"])
    for field in move.fields:
        if field.kind is FieldKind.INSTANT:
            given[field.name] = options.instant(given[field.name], options.zone(tz), option_for(field.name))
    model = MODELS[move.subject][move.kind]
    words = " ".join(move.words)
    make_typed_move(words, move.subject, named, model, given, in_json, dry_run, options.faults)


def make_typed_move(
    words: str,
    subject: str,
    named: Sequence[str],
    model: "type[BaseModel]",
    given: Mapping[str, Any],
    in_json: bool,
    dry_run: bool = False,
    faults: "Iterable[Fault]" = (),
) -> None:
    """
    Make the move of *model* that the command *words* asks for, and show what it did; with *dry_run*, what it would do.
    """
    from entrypoints.cli.command_names import name_options, read_options

    command = read_options(model, words, given, faults)
    with name_options(given, words):
        send_command(subject, named, command, in_json, dry_run)


def send_command(subject: str, named: Sequence[str], command: Any, in_json: bool, dry_run: bool) -> None:
    """Make the move that *command* asks for, and show what it did; with *dry_run*, what it would do."""
    if dry_run:
        about = ", task force ".join(named)
        _print_preview(about, call_client(lambda client: _preview(client, subject, named, command)), in_json)
    else:
        answer = call_client(lambda client: _send(client, subject, named, command))
        _PRINT[subject](answer, in_json)


def print_move_result(answer: "MoveResult", in_json: bool) -> None:
    from entrypoints.cli.render.escalation import render_move_result
    from entrypoints.terminal import as_json, out

    as_json(answer) if in_json else out.print(render_move_result(answer))


def print_task_force_answer(answer: Any, in_json: bool) -> None:
    from entrypoints.cli.render.task_force import render_answer
    from entrypoints.terminal import as_json, out

    as_json(answer) if in_json else out.print(render_answer(answer))


def print_sponsorship(answer: Any, in_json: bool) -> None:
    from entrypoints.cli.render.sponsorship import render_sponsorship
    from entrypoints.terminal import as_json, out

    as_json(answer) if in_json else out.print(render_sponsorship(answer))


_PRINT = {
    "escalation": print_move_result,
    "task_force": print_task_force_answer,
    "sponsorship": print_sponsorship,
}


def _send(client: "EscalationClient", subject: str, named: Sequence[str], command: Any) -> Awaitable[Any]:
    ask: dict[str, Callable[..., Awaitable[Any]]] = {
        "escalation": client.ask,
        "task_force": client.ask_task_force,
        "sponsorship": client.ask_sponsorship,
    }
    return ask[subject](*named, command)


async def _preview(
    client: "EscalationClient", subject: str, named: Sequence[str], command: Any
) -> "MovePreview":
    from planning.plan.sponsorship_people import people_of_sponsorship
    from planning.playbook.loader import load_playbook
    from runtime.settings import Settings

    settings = Settings.load()

    def find_people(ids: tuple[str, ...]) -> "PlaybookPeople":
        return people_of_sponsorship(load_playbook(settings.playbook), ids)

    ask: dict[str, Callable[..., Awaitable[MovePreview]]] = {
        "escalation": client.preview,
        "task_force": client.preview_in_task_force,
        "sponsorship": partial(client.preview_in_sponsorship, find_people=find_people),
    }
    return await ask[subject](*named, command, write=sample_writer(settings))


def sample_writer(settings: "Settings") -> "WriteMessage":
    """Return how a message reads that is looked at, and not sent."""
    from messages.renderer import MessageRenderer
    from messages.sample_text import SampleWriter
    from runtime.signed_links import has_links

    return SampleWriter(MessageRenderer(settings.templates), has_links=has_links(settings)).write


def _print_preview(about: str, preview: "MovePreview", in_json: bool) -> None:
    from entrypoints.cli.render.move_preview import render_preview
    from entrypoints.terminal import as_json, out

    as_json(preview) if in_json else out.print(render_preview(about, preview), soft_wrap=False)
