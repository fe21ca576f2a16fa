"""
Forms of declarations: a field of a command is a field of the form, a record is a group of fields, and a list of records
is a group that can be repeated.

Owns how what a browser sends becomes plain data. A field is named by its path, such as
`rca.corrective_actions.0.owner`. A repeated group in which nothing is written is not there. Must not know what a
command does.
"""

# Theory of operation
#
# A browser without a script sends a flat list of names and texts, and knows no lists. So the name of a field says where
# its value belongs: in
#
#     customers.0.account=ACME  customers.2.account=GLOBEX  customers.1.account=
#
# the group 1 is blank. Before anything else is done, blank groups are left out and the others are counted on: GLOBEX is
# then group 1. From there on the number of a group in the form is the number of its record in the plain data, and so a
# fault at `customers.1.tier` is the fault of the field with that very name. "Add another" sends the whole form back,
# and the page is drawn again with one blank group more: nothing has to be remembered between two requests.
#
# A group is blank if nothing differs from what stood there before anybody wrote, because a browser sends defaults too.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cache
from typing import Any

from entrypoints.web.console.local_instants import read_local, write_local
from escalation.kernel.attestation import Attestation
from escalation.kernel.command_fields import CommandField, FieldKind
from escalation.kernel.field_reader import class_of, fields_of, record_of
from escalation.kernel.text_fields import READ_BY_CUSTOMERS
from escalation.kernel.values import CustomerText, CustomerWords, InternalText, described_fields
from escalation.policy.spans import parse_span

Pairs = Sequence[tuple[str, str]]
"""Value and text of each choice."""
Hint = tuple[str, ...]
Given = Mapping[str, str]
"""Everything that a browser sent, by path; several values of one field are lines."""
_SHORT = 200
"""Characters up to which a text is a line."""
_LINES = frozenset({"name"})
"""Fields whose texts are lines, however long they may be."""
_CUSTOMERS = frozenset({"account", "contact"})
"""Fields whose choices are customers, or their contacts."""

# A declaration never changes, and to read it takes longer than to draw its form.
_described = cache(described_fields)
_record_of = cache(record_of)


@cache
def _fields_of(command: type) -> Sequence[CommandField]:
    return tuple(
        field._replace(is_required=True, default="") if _is_attested(command, field.name) else field
        for field in fields_of(command)
    )


@cache
def _is_attested(command: type, name: str) -> bool:
    """Return whether *name* takes an attestation: whoever fills in the form chooses it."""
    return issubclass(class_of(_described(command)[name].annotation), Attestation)


def plain_choices(values: Iterable[str]) -> Pairs:
    """Return *values* as choices that read as they are."""
    return [(value, value) for value in values]


@dataclass(frozen=True)
class Known:
    """Choices in the fields of a form, by `command.field`, or by the name of the field alone."""

    choices: Mapping[str, Pairs]
    """Nothing else can be given."""
    suggestions: Mapping[str, Pairs]
    """Anything else can be given, too."""
    hints: Mapping[str, Hint]
    """A phrase of the console, and its parts, on what the choices leave out; by the name of the field."""

    def of(self, command: type, name: str) -> tuple[Pairs, Pairs]:
        names = (f"{command.__name__}.{name}", name)
        if chosen := next((self.choices[each] for each in names if each in self.choices), None):
            return chosen, ()
        return (), next((self.suggestions[each] for each in names if each in self.suggestions), ())


@dataclass(frozen=True)
class FormField:
    """One field as it is drawn; a record has groups of fields."""

    path: str
    declared: CommandField
    is_required: bool
    is_long: bool = False
    """True if people write sentences."""
    is_for_customers: bool = False
    """True if a customer reads it: pages mark it."""
    choices: Pairs = ()
    suggestions: Pairs = ()
    context: str = ""
    """Context in the catalogues of the choices, where they are words of ours."""
    value: str = ""
    fault: str = ""
    hint: Hint = ()
    """A phrase of the console, and its parts, on what its choices leave out."""
    groups: tuple[tuple["FormField", ...], ...] = ()

    @property
    def name(self) -> str:
        return self.declared.name

    @property
    def is_repeated(self) -> bool:
        return self.declared.is_list and self.declared.kind is FieldKind.RECORD

    @property
    def values(self) -> Sequence[str]:
        return self.value.splitlines()


@dataclass(frozen=True)
class RecordForm:
    """The form of a declaration."""

    command: type
    hidden: frozenset[str] = frozenset()
    """Names of fields that the form does not have: somebody else fills them in."""

    def fields(self, known: Known, given: Given, add: str = "") -> tuple[FormField, ...]:
        """Return the fields, filled with what was *given*; *add*: the path of a list that gets one group more."""
        return tuple(self._draw(self.command, known, self.filled(given), "", add))

    def _draw(self, command: type, known: Known, given: Given, before: str, add: str) -> Iterator[FormField]:
        for field in _fields_of(command):
            path, record = f"{before}{field.name}", _record_of(command, field.name)
            if path in self.hidden:
                continue
            is_required = field.is_required and not _is_in_list(path)
            drawn = FormField(path, field, is_required)
            if record and field.is_list:
                count = _count(given, path) + (add == path)
                numbers = range(max(count, 1) if field.is_required else count)
                groups = (self._draw(record, known, given, f"{path}.{n}.", add) for n in numbers)
                yield replace(drawn, groups=tuple(map(tuple, groups)))
            elif record:
                yield replace(drawn, groups=(tuple(self._draw(record, known, given, f"{path}.", add)),))
            else:
                yield _of_one_value(drawn, command, known, given)

    def filled(self, given: Given) -> dict[str, str]:
        """Return what was *given* without the groups in which nothing is written; the others are counted on."""
        return dict(_without_blanks(self.command, given, "", ""))

    def plain(self, given: Given, zone: tzinfo) -> dict[str, Any]:
        """Return what was *given* as plain data, for the declaration to check."""
        return _plain(self.command, self.filled(given), zone, "", self.hidden)

    def given_of(self, plain: Mapping[str, Any], zone: tzinfo) -> dict[str, str]:
        """Return what a browser would send to say *plain*: the inverse of ``plain``."""
        return dict(_flat(self.command, plain, zone, ""))


def _of_one_value(drawn: FormField, command: type, known: Known, given: Given) -> FormField:
    described = _described(command)[drawn.name]
    text_class = class_of(described.annotation)
    field, is_text = drawn.declared, issubclass(text_class, InternalText | CustomerText | CustomerWords)
    longest = next((each.max_length for each in described.metadata if hasattr(each, "max_length")), None)
    choices, suggestions = known.of(command, field.name)
    is_choice = field.kind is FieldKind.CHOICE
    if is_choice:
        choices = tuple((value, value) for value in field.values)
    return replace(
        drawn,
        context=text_class.__name__ if is_choice else "",
        is_long=is_text
        and field.name not in _LINES
        and (longest or _SHORT + 1) > _SHORT
        and not field.is_list,
        is_for_customers=issubclass(text_class, CustomerText) or READ_BY_CUSTOMERS in described.metadata,
        choices=choices,
        suggestions=suggestions,
        hint=known.hints.get(field.name, ()) if choices and not is_choice else (),
        value=given.get(drawn.path, field.default or _sole_customer(drawn, choices)),
    )


def _sole_customer(drawn: FormField, choices: Pairs) -> str:
    """Return the only customer or contact that can be chosen, if one must be."""
    is_sole = drawn.is_required and drawn.name in _CUSTOMERS and len(choices) == 1
    return choices[0][0] if is_sole else ""


def _is_in_list(path: str) -> bool:
    return any(part.isdecimal() for part in path.split("."))


def _count(given: Given, path: str) -> int:
    return 1 + max(_numbers(given, path), default=-1)


def _numbers(given: Given, path: str) -> Iterable[int]:
    """Return the numbers of the groups of *path* of which something was sent."""
    begin = f"{path}."
    found = (each[len(begin) :].partition(".")[0] for each in given if each.startswith(begin))
    return sorted({int(number) for number in found if number.isdecimal() and len(number) < 5})


def _without_blanks(command: type, given: Given, before: str, to: str) -> Iterator[tuple[str, str]]:
    for field in _fields_of(command):
        path, target, record = f"{before}{field.name}", f"{to}{field.name}", _record_of(command, field.name)
        if record and field.is_list:
            filled = (n for n in _numbers(given, path) if not _is_blank(record, given, f"{path}.{n}."))
            for number, found in enumerate(filled):
                yield from _without_blanks(record, given, f"{path}.{found}.", f"{target}.{number}.")
        elif record:
            yield from _without_blanks(record, given, f"{path}.", f"{target}.")
        elif path in given:
            yield target, given[path]


def _is_blank(record: type, given: Given, before: str) -> bool:
    """Return whether nothing is written in a group but what stood there before anybody wrote."""
    return all(_is_unwritten(record, field, given, f"{before}{field.name}") for field in _fields_of(record))


def _is_unwritten(record: type, field: CommandField, given: Given, path: str) -> bool:
    inner = _record_of(record, field.name)
    if inner and field.is_list:
        return all(_is_blank(inner, given, f"{path}.{n}.") for n in _numbers(given, path))
    if inner:
        return _is_blank(inner, given, f"{path}.")
    return given.get(path, "").strip() in {"", field.default}


def _plain(
    command: type, given: Given, zone: tzinfo, before: str, hidden: frozenset[str] = frozenset()
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in _fields_of(command):
        path, record = f"{before}{field.name}", _record_of(command, field.name)
        if path in hidden:
            continue
        value: Any
        if record and field.is_list:
            numbers = range(
                _count(given, path) or field.is_required
            )  # a blank one says which fields it takes
            value = [_plain(record, given, zone, f"{path}.{n}.") for n in numbers]
        elif record:
            value = _plain(record, given, zone, f"{path}.")
        else:
            value = _value(field, given.get(path, "").strip(), zone)
        if value or (record and field.is_required):
            found[field.name] = value
        elif _is_attested(command, field.name):
            found[field.name] = ""  # a fault: left out, it would be the default of the command
    return found


def _value(field: CommandField, text: str, zone: tzinfo) -> object:
    if not text:
        return None
    if field.kind is FieldKind.INSTANT:
        return read_local(text, zone)
    if field.kind is FieldKind.SPAN:
        return _span(text)
    if field.is_list:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return text


def _span(text: str) -> object:
    """Return the time that *text* says, such as `4 h`; one that says none is left for the command to refuse."""
    try:
        return parse_span(text).elapsed
    except ValueError:
        return text


def _flat(command: type, plain: Mapping[str, Any], zone: tzinfo, before: str) -> Iterator[tuple[str, str]]:
    for field in _fields_of(command):
        path, record, value = f"{before}{field.name}", _record_of(command, field.name), plain.get(field.name)
        if value in (None, "", [], False):
            continue
        if record and field.is_list:
            for number, each in enumerate(value):
                yield from _flat(record, each, zone, f"{path}.{number}.")
        elif record:
            yield from _flat(record, value, zone, f"{path}.")
        elif field.kind is FieldKind.INSTANT:
            yield path, write_local(value, zone)
        elif field.kind is FieldKind.FLAG:
            yield path, "true"
        else:
            yield path, "\n".join(map(str, value)) if field.is_list else str(value)
