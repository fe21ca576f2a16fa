"""The models behind the moves that a person can type, and what of them is written into `moves.json`."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from entrypoints.cli.command_names import COMMANDS
from escalation.case.lifecycle import State
from escalation.case.move_index import PERSONS_COMMANDS
from escalation.case.request import Channel, Criterion, Source, StartRequest
from escalation.case.resolution import AccessAnswer
from escalation.kernel.command_fields import FieldKind
from escalation.kernel.field_reader import fields_of, purpose_of
from escalation.measures.report_schedule import Rhythm
from escalation.policy.classification import (
    AttemptOutcome,
    CancelCause,
    Degree,
    EscalationReason,
    EvidenceKind,
    Priority,
)
from escalation.sponsorship.moves.exit import Exit
from escalation.sponsorship.moves.log_touch_point import LogTouchPoint
from escalation.sponsorship.moves.review import Review
from escalation.task_force.commands import MEMBERS_COMMANDS
from records.report import By

ESCALATION, TASK_FORCE, SPONSORSHIP = "escalation", "task_force", "sponsorship"
MODELS: Mapping[str, Mapping[str, type[BaseModel]]] = {
    ESCALATION: {model.move.value: model for model in PERSONS_COMMANDS},
    TASK_FORCE: {model.move.value: model for model in MEMBERS_COMMANDS},
    SPONSORSHIP: {"touch": LogTouchPoint, "review": Review, "exit": Exit},
}
"""By subject, and by the name of the move."""
_VALUES = {
    "access": AccessAnswer,
    "cause": CancelCause,
    "channel": Channel,
    "criterion": Criterion,
    "degree": Degree,
    "evidence": EvidenceKind,
    "figure": By,
    "outcome": AttemptOutcome,
    "priority": Priority,
    "reason": EscalationReason,
    "rhythm": Rhythm,
    "source": Source,
    "state": State,
}


def declare_moves() -> str:
    """Return the text of `moves.json`. A move with a record among its fields is left out: its command has a file."""
    found = {
        "moves": [
            {
                "words": _words(subject, kind),
                "subject": subject,
                "kind": kind,
                "help": purpose_of(model),
                "fields": _fields(model),
            }
            for subject, models in MODELS.items()
            for kind, model in models.items()
            if all(field.kind is not FieldKind.RECORD for field in fields_of(model))
        ],
        "start": _fields(StartRequest),
        "values": {name: list(values) for name, values in _VALUES.items()},
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _words(subject: str, kind: str) -> list[str]:
    if subject == SPONSORSHIP:
        return ["sponsor", kind]
    known = {move.value: words.split() for move, words in COMMANDS.items()}
    own = [kind.replace("_", "-")]
    return known.get(kind, ["task-force", *own] if subject == TASK_FORCE else own)


def _fields(model: type) -> list[dict[str, Any]]:
    return [field._asdict() for field in fields_of(model)]
