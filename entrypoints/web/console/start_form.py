"""
Form of a start: its fields, what can be chosen in them, and what the start would do.

Must not know requests of a browser, nor Temporal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from entrypoints.web.console.record_form import FormField, Known, Pairs, RecordForm, plain_choices
from escalation.case.request import StartRequest
from escalation.kernel.refusals import BadRequest, Fault
from escalation.move_preview import MovePreview, WriteMessage, preview_of
from planning.forecast.sample_request import categories_of
from planning.forecast.simulation import AnswerOnCall, make_open_command, simulate_run
from planning.plan.start_faults import read_request
from planning.playbook.schema import Playbook

FORM = RecordForm(StartRequest, frozenset({"submitted_by", "issue_type"}))
_FIRST = (
    "key",
    "subject",
    "description",
    "category",
    "reason",
    "priority",
    "impact",
    "urgency",
    "customers",
    "evidence",
)
"""Fields that most starts fill in, in the order of a call; the others stand below."""


def parted(fields: Sequence[FormField]) -> tuple[Sequence[FormField], Sequence[FormField]]:
    """Return the fields that most starts fill in, and the others."""
    first = sorted(
        (field for field in fields if field.name in _FIRST), key=lambda each: _FIRST.index(each.name)
    )
    return first, [field for field in fields if field.name not in _FIRST]


def known_in(playbook: Playbook, languages: Sequence[str], accounts: Sequence[str]) -> Known:
    """Return what can be chosen in the form; *accounts*: those that have open escalations."""
    people = (playbook.people, playbook.teams, playbook.rotas)
    zones = {each.time_zone for group in people for each in group.values() if hasattr(each, "time_zone")}
    choices: dict[str, Pairs] = {
        "category": categories_in(playbook),
        "tier": _sorted(("standard", *playbook.tiers)),
    }
    suggestions: dict[str, Pairs] = {
        "account": _sorted((*playbook.accounts, *accounts)),
        "language": _sorted(languages),
        "time_zone": _sorted(zones),
    }
    return Known(choices, suggestions, {})


def _sorted(values: Iterable[str]) -> Pairs:
    return plain_choices(sorted(set(values)))


def categories_in(playbook: Playbook) -> Pairs:
    """Return each category with its issue type: two issue types may have a category of the same name."""
    return [(f"{kind}/{name}", _title(playbook, kind, name)) for kind, name in categories_of(playbook)]


def _title(playbook: Playbook, kind: str, name: str) -> str:
    issue_type = playbook.issue_types[kind]
    return f"{issue_type.name}: {issue_type.categories[name].name}"


def read_start(playbook: Playbook, by: str, given: Mapping[str, str], zone: tzinfo) -> StartRequest:
    """
    Return the start that *given*, the fields of a form, asks for.

    Raises:
        BadRequest: With every fault, of the form and against *playbook*; named by the paths of the fields.
    """
    written: dict[str, Any] = {**FORM.plain(given, zone), "submitted_by": by}
    chosen = {f"{kind}/{name}": (kind, name) for kind, name in categories_of(playbook)}
    if pair := chosen.get(written.get("category", "")):
        written["issue_type"], written["category"] = pair
    try:
        return read_request(written.get("key", ""), written, playbook)
    except BadRequest as error:
        raise BadRequest.because(error.request, _of_the_form(error.faults)) from None


def _of_the_form(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Yield *faults* without that of the issue type: in the form, the category says it."""
    return (fault for fault in faults if fault.where != "issue_type")


def preview_start(
    playbook: Playbook,
    request: StartRequest,
    at: datetime,
    on_call: AnswerOnCall | None,
    write: WriteMessage,
) -> MovePreview:
    """Return what the start of *request* would do at *at*."""
    opens = make_open_command(playbook, request, at)
    steps = tuple(simulate_run(opens, at, until=at, on_call=on_call, stops_in_silence=False))
    events = [event for step in steps for event in step.events]
    notices = [notice for step in steps for notice in step.notices]
    return preview_of(steps[-1].escalation, events, notices, at, write)
