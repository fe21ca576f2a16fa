"""Rows of the tables for one escalation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC
from typing import Any

from escalation.kernel.ids import data_scope_of
from escalation.measures.definitions import EscalationMeasures, TimeSpan, same_cause
from escalation.notifications.delivery_results import DeliveryResult
from messages.speaker import speaker
from records.columns import SecretWords, TextOfCase
from records.tables import (
    ActionRow,
    AnswerRow,
    Base,
    CauseRow,
    ClockRow,
    CustomerRow,
    DeliveryResultRow,
    EscalationRow,
    OwnershipRow,
    PartBase,
    ParticipantRow,
    PauseRow,
)

Row = dict[str, Any]

# Each table of parts, and the field of the measures that its rows are made from. Those made of texts are below.
_PARTS: dict[type[PartBase], str] = {
    CustomerRow: "customers",
    OwnershipRow: "holds",
    ClockRow: "clocks",
    PauseRow: "waits",
    DeliveryResultRow: "results",
    AnswerRow: "answers",
    ActionRow: "follow_ups",
}
_COLUMNS = tuple(column.name for column in EscalationRow.__table__.columns)


def make_escalation_row(measured: EscalationMeasures) -> Row:
    special = {
        "playbook": measured.playbook.sha256 if measured.playbook else None,
        "opened_on": measured.opened_at.astimezone(UTC).date(),
    }
    return {name: getattr(measured, name) for name in _COLUMNS if name not in special} | special


def make_part_rows(measured: Sequence[EscalationMeasures]) -> Iterator[tuple[type[PartBase], list[Row]]]:
    """The rows of each table that has any."""
    for table, part in _PARTS.items():
        rows = [
            {"escalation": each.id, "n": n, **_shown(item), **_also(item)}
            for each in measured
            for n, item in enumerate(getattr(each, part))
        ]
        if rows:
            yield table, rows
    participants = [
        {"escalation": each.id, "n": n, "who": who}
        for each in measured
        for n, who in enumerate(_participants_of(each))
    ]
    if participants:
        yield ParticipantRow, participants
    causes = [
        {"escalation": each.id, "n": n, "cause": cause, "same": same_cause(cause)}
        for each in measured
        for n, cause in enumerate(each.causes)
    ]
    if causes:
        yield CauseRow, causes


def of_case(table: type[Base], rows: Sequence[Row]) -> list[Row]:
    """Return *rows* of *table* with secret texts that say which case they are of: it may have a key of its own."""
    secret = [each.name for each in table.__table__.columns if isinstance(each.type, SecretWords)]
    return [row | dict(_secret_texts(row, secret)) for row in rows] if secret else list(rows)


def _secret_texts(row: Row, secret: Iterable[str]) -> Iterator[tuple[str, TextOfCase]]:
    scope = data_scope_of(row["id"] if "escalation" not in row else row["escalation"])
    for name in secret:
        if row.get(name) is not None:
            yield name, TextOfCase(row[name], scope)


def _participants_of(measured: EscalationMeasures) -> Iterable[str]:
    owners = (who for held in measured.holds for who in (held.team, held.person) if who)
    return dict.fromkeys((*measured.participants, *owners))


def _shown(item: object) -> Row:
    return {field.name: getattr(item, field.name) for field in fields(item)}  # type: ignore[arg-type]


def _also(item: object) -> Row:
    match item:
        case TimeSpan():
            return {"lasted": item.lasted}
        case DeliveryResult():
            return {"state": item.state.value, "why": speaker().say(item.why)}
        case _:
            return {}
