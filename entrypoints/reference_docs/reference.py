"""
The reference under ``docs/reference``, written from the code itself: API, clocks, commands, lifecycle, limits,
playbook, settings; and the JSON Schema beside the playbooks, which editors read.

``make docs`` writes it; a test says when it is out of date.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.cli import get_docs_for_click

from entrypoints.cli.move_declarations import FILE as MOVES
from entrypoints.cli.move_declarations import forget
from entrypoints.cli.move_models import declare_moves
from entrypoints.cli.program import app
from entrypoints.reference_docs.api_page import api_page
from entrypoints.reference_docs.clocks_page import clocks_page
from entrypoints.reference_docs.limits import limits_page
from escalation.case.lifecycle import LIFECYCLE, RCA_COURSE, Move, diagram
from escalation.kernel.reasons import term
from escalation.kernel.state_machine import Row
from messages.speaker import speaker
from planning.playbook.json_schema import NUMBERS, make_json_schema, models
from runtime.named_settings import ENDPOINT_CHANNELS, WEBHOOK, endpoint_variables, variable
from runtime.settings import ROOT, SINGLE_VARIABLES, Settings, parts_of

FOLDER = ROOT / "docs" / "reference"
SCHEMA = ROOT / "playbooks" / "playbook.schema.json"
_WRITTEN = "<!-- Written by `make docs` from the code; change it there. -->\n\n"


def pages() -> dict[str, str]:
    """File name to text."""
    return {
        "api.md": _WRITTEN + api_page(),
        "clocks.md": _WRITTEN + clocks_page(),
        "commands.md": _commands(),
        "lifecycle.md": _lifecycle(),
        "limits.md": _WRITTEN + limits_page(),
        "playbook.md": _playbook(),
        "settings.md": _settings(),
    }


def schema() -> str:
    """The JSON Schema of a playbook, as it stands beside the playbooks."""
    return json.dumps(make_json_schema(), ensure_ascii=False, indent=1) + "\n"


def write(folder: Path = FOLDER, schema_file: Path = SCHEMA, moves_file: Path = MOVES) -> None:
    moves_file.write_text(declare_moves(), encoding="utf-8")  # first: the page of commands is made of it
    forget()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
    schema_file.write_text(schema(), encoding="utf-8")


def _commands() -> str:
    context = typer.Context(app, info_name="escalate", **app.context_settings)
    text = get_docs_for_click(obj=app, ctx=context, name="escalate")
    return _WRITTEN + "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"


def _lifecycle() -> str:
    return (
        f"{_WRITTEN}# The lifecycle\n\nDrawn from the table in `escalation/case/lifecycle.py`.\n\n"
        f"```mermaid\n{diagram(say=speaker().say)}```\n\n## Moves\n\n{_table(LIFECYCLE)}\n"
        f"## The course of the RCA, within `closing`\n\n{_table(RCA_COURSE)}"
    )


def _table(rows: tuple[Row[Any, Move], ...]) -> str:
    lines = ["| move | from | to |", "| --- | --- | --- |"]
    say = speaker().say
    lines += [f"| {say(term(move))} | {', '.join(states)} | {to or 'stays'} |" for move, states, to in rows]
    return "\n".join(lines) + "\n"


_PARTS = {
    "Playbook": "The file",
    "CalendarSpec": "A calendar",
    "HolidaySpec": "Public holidays",
    "PersonSpec": "A person",
    "TeamSpec": "A team",
    "DeskSpec": "The desk",
    "RotaSpec": "A rota",
    "RotationSpec": "A rotation",
    "OverrideSpec": "An override",
    "FeedSpec": "A calendar of shifts",
    "MessagesSpec": "Messages",
    "CustomerMessagesSpec": "Messages to customers",
    "ResponsibilitiesSpec": "Duties",
    "AccessSpec": "Who may look",
    "PrioritySpec": "A priority",
    "TargetSpec": "A target",
    "TierSpec": "A tier",
    "AccountSpec": "A customer",
    "PauseSpec": "A reason to pause",
    "ApprovalsSpec": "Approvals",
    "RcaSpec": "Root cause analyses",
    "IssueTypeSpec": "An issue type",
    "CategorySpec": "A category",
    "LevelSpec": "A level",
    "TriggerSpec": "A trigger",
    "SurveySpec": "The survey",
    "HoldingSpec": "Holding updates",
    "ActionsSpec": "Reminders of actions",
}


def _playbook() -> str:
    parts = "\n".join(_part(name, models()[name]) for name in _PARTS)
    return (
        f"{_WRITTEN}# The playbook file\n\nYAML in UTF-8, at most 1 MB. Every field that a file may have; those in "
        "bold must be there, unless the file `extends` another. One thing alone may stand for a list of one. "
        "What is said of levels in a category goes before what its issue type says, and this before the playbook; "
        "within one of them a numbered level goes before `each_level`.\n\n"
        "`escalate playbook check` finds every fault. A first line `# yaml-language-server: "
        "$schema=playbook.schema.json` makes editors complete and check as you type.\n\n"
        "`extends`: the name of a playbook in the same folder, of which this one says only what differs: mappings "
        f"are merged key by key, everything else is replaced.\n\n{parts}"
    )


def _part(name: str, model: dict[str, Any]) -> str:
    fields = next(form for form in (model, *model.get("anyOf", ())) if "properties" in form)
    lines = ["| field | what it is | form |", "| --- | --- | --- |"]
    for field, form in fields["properties"].items():
        shown = f"**`{field}`**" if field in fields.get("required", ()) else f"`{field}`"
        lines.append(f"| {shown} | {_cell(form.get('description', ''))} | {_form(form)} |")
    return f"## {_PARTS[name]}\n\n{fields['description'].replace('``', '`')}\n\n" + "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("``", "`")


def _form(form: dict[str, Any]) -> str:
    return _cell(" or ".join(dict.fromkeys(_forms(form))))


def _forms(form: dict[str, Any]) -> Iterator[str]:
    """Yield the forms that may be written there, in words; one that stands alone or in a list is said as the list."""
    match form:
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            yield (
                _link(name) if name in _PARTS else ", ".join(f"`{value}`" for value in models()[name]["enum"])
            )
        case {"anyOf": [*kinds]} if any(kind.get("type") == "array" for kind in kinds):
            yield from (f"list: {_form(kind['items'])}" for kind in kinds if kind.get("type") == "array")
        case {"anyOf": [*kinds]}:
            for kind in kinds:
                yield from _forms(kind)
        case {"additionalProperties": dict(value)} | {"patternProperties": dict(value)}:
            inner = value if "additionalProperties" in form else next(iter(value.values()))
            by = "number" if form.get("propertyNames") == NUMBERS else "name"
            yield f"by {by}: {_form(inner)}"
        case {"examples": [*examples]}:
            yield f"such as {', '.join(f'`{example}`' for example in examples)}"
        case {"type": "integer"}:
            yield "whole number"
        case {"type": "boolean"}:
            yield "`true` or `false`"
        case _:
            yield "text"


def _link(name: str) -> str:
    title = _PARTS[name].lower()
    return f"[{title}](#{title.replace(' ', '-')})"


def _settings() -> str:
    lines = ["| variable | what it must be | default |", "| --- | --- | --- |"]
    for name in SINGLE_VARIABLES:
        field = Settings.model_fields[name]
        nothing = field.default in {None, ()}
        default = "as described" if field.default_factory else "" if nothing else field.default
        shown = default.relative_to(ROOT) if isinstance(default, Path) else default
        lines.append(f"| `{variable(name)}` | {field.description} | {shown} |")
    return (
        f"{_WRITTEN}# Settings\n\nEnvironment variables of every process. The connection has Temporal's own: "
        "`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, `TEMPORAL_PROFILE`, or a "
        "profile in `temporal.toml`.\n\n" + "\n".join(lines) + f"\n\n{_senders()}\n{_endpoints()}"
    )


def _senders() -> str:
    lines = ["| variable | what it must be |", "| --- | --- |"]
    lines += [
        f"| `{variable('intake', 'helpdesk', part)}` | {field.description} |"
        for part, field in parts_of("intake").items()
    ]
    return (
        "## Senders\n\nSystems that start escalations by webhook, each bound to its tenants, here one that is called "
        "HELPDESK. Secret and tenants are a must; what else is left out binds to nothing. The secret is never shown."
        "\n\n" + "\n".join(lines) + "\n"
    )


def _endpoints() -> str:
    webhook = "; ".join(str(parts_of(WEBHOOK)[part].description) for part in ("url", "secret"))
    forms = {channel: Settings.model_fields[channel].description for channel in ENDPOINT_CHANNELS} | {
        WEBHOOK: webhook
    }
    lines = ["| address in a playbook | variables | what they must be |", "| --- | --- | --- |"]
    lines += [
        f"| `{channel}:support` | {endpoint_variables(channel, 'support')} | {form} |"
        for channel, form in forms.items()
    ]
    return (
        "## Endpoints\n\nWhere messages to named endpoints go. A name is of small letters, digits and `_`; all of "
        "these are secrets, and are never shown.\n\n" + "\n".join(lines) + "\n"
    )


if __name__ == "__main__":
    write()
