"""
Faults of a form: each stands at its field, and a summary above the form leads there.

Owns how the place of a fault finds a field, and in which words a person reads it: the labels and the language of the
page. Must not know what a form asks for, nor markup.
"""

# Theory of operation
#
# A fault names its place by a path, such as `customers.0.contacts.1.email`. The rules know records, not forms, so the
# place may be
#
#     customers.0.contacts.1.email    the path of a field: there
#     linked_tickets.2                an item of a list of texts: at the list
#     root_causes                     a part of a record that the form calls `rca.root_causes`: there
#     submitted_by                    nothing that the form has: in the summary alone
#
# A fault says what was given and what is allowed, to programs too. Who fills in a form sees what they gave, and chooses
# from a list whose values have words; so what is said here is shorter.

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from entrypoints.web.console.reader import Reader
from entrypoints.web.console.record_form import FormField
from escalation.kernel.command_fields import FieldKind
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import Fault

_NOTHING = frozenset({reason("nothing"), reason("neither")})
_IS_MISSING = frozenset({reason("allowed.required"), reason("allowed.some_text"), reason("allowed.text")})
_DAY_AND_TIME = reason("allowed.instant")


class FaultLine(NamedTuple):
    """A line of the summary."""

    path: str
    """Path of the field; empty, if the form has none."""
    label: str
    """Label of the field after those of the groups that it is in; empty, if the fault is about no field."""
    text: str


class PlacedFaults(NamedTuple):
    """The fields of a form with their faults, and the summary: in the order of the fields, then what has no place."""

    fields: tuple[FormField, ...]
    lines: tuple[FaultLine, ...]


class _Spot(NamedTuple):
    """A field and its label."""

    field: FormField
    label: str


def place_faults(fields: Sequence[FormField], faults: Iterable[Fault], reader: Reader) -> PlacedFaults:
    """Return *fields* with their *faults*, and a line for each fault, in the words of *reader*."""
    spots = {spot.field.path: spot for spot in _spots(fields, reader, ())}
    lines = [_line(fault, _spot_of(fault.where, spots), reader) for fault in faults]
    order = {path: number for number, path in enumerate(spots)}
    lines.sort(key=lambda line: order.get(line.path, len(order)))
    return PlacedFaults(tuple(_with_faults(fields, lines)), tuple(lines))


def _spots(fields: Iterable[FormField], reader: Reader, within: tuple[str, ...]) -> Iterator[_Spot]:
    """Yield each field, in the order of the page; *within*: labels of the groups around it."""
    for field in fields:
        own = reader.field(field.name)
        yield _Spot(field, ", ".join((*within, own)))
        for number, group in enumerate(field.groups, 1):
            title = (f"{own} {number}" if len(field.groups) > 1 else own,) if field.is_repeated else ()
            yield from _spots(group, reader, (*within, *title))


def _spot_of(where: str, spots: dict[str, _Spot]) -> _Spot | None:
    """Return the field that a place is about: the innermost that it is in, or a part of a record that it names."""
    around = where
    while around:
        if found := spots.get(around):
            return found if _has_place(found.field) else spots[found.field.groups[0][0].path]
        around = around.rpartition(".")[0]
    return next((spot for path, spot in spots.items() if where and path.endswith(f".{where}")), None)


def _has_place(field: FormField) -> bool:
    """Return whether a page shows *field* itself: of a single record it shows the fields alone."""
    return field.is_repeated or not field.groups


def _line(fault: Fault, spot: _Spot | None, reader: Reader) -> FaultLine:
    text = _text_of(fault, spot.field if spot else None, reader)
    if spot:
        return FaultLine(spot.field.path, spot.label, text)
    return FaultLine("", reader.field(fault.where) if reader.words.has("field", fault.where) else "", text)


def _text_of(fault: Fault, field: FormField | None, reader: Reader) -> str:
    allowed, is_absent = _allowed_by(fault, reader), fault.given in _NOTHING
    if is_absent and fault.allowed not in _IS_MISSING:
        return reader.text("fault.needed", allowed)
    # What is allowed by a text is a list of ids, and the form has their names.
    if field and field.choices and (is_absent or isinstance(fault.allowed, str)):
        return reader.text("fault.choose")
    if field and field.declared.kind is FieldKind.INSTANT and fault.allowed == _DAY_AND_TIME:
        return reader.text("fault.instant")
    if is_absent:
        return reader.text("fault.missing")
    return reader.text("fault.other", reader.say(fault.given), allowed)


def _allowed_by(fault: Fault, reader: Reader) -> str:
    if not fault.suggestion:
        return reader.say(fault.allowed)
    return reader.say(reason("refused.did_you_mean", fault.allowed, fault.suggestion))


def _with_faults(fields: Iterable[FormField], lines: Sequence[FaultLine]) -> Iterator[FormField]:
    for field in fields:
        said = " ".join(line.text for line in lines if line.path == field.path)
        groups = tuple(tuple(_with_faults(group, lines)) for group in field.groups)
        yield replace(field, fault=said, groups=groups)
