"""
References within a playbook: fields that name something else, found by their mark in the schema (``Refers``).

One walk over the parts finds and checks them all; a new field only needs its mark.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from escalation.kernel.refusals import nearest, quote_input
from planning.on_call.rota_spec import RotaSpec
from planning.playbook.faults import Finding, Path, list_names, unknown_name
from planning.playbook.schema import Playbook
from planning.playbook.value_types import SPECIAL_ROLES
from planning.spec import Refers

_A_ROLE = "a role that somebody has: "


class Reference(NamedTuple):
    path: Path
    """Path of the name."""
    kind: Refers
    name: str


def references_in(playbook: Playbook) -> Iterator[Reference]:
    """Yield every name of something else, in the order of the file."""
    # Pydantic keeps the mark with the field: ``calendar: Annotated[Name, Refers.CALENDAR]``.
    for path, field, value in fields_in(playbook):
        kind = next((mark for mark in field.metadata if isinstance(mark, Refers)), None)
        if kind and value:
            for here, name in _names_in(path, value):
                yield Reference(here, kind, name)


def fields_in(part: Any, path: Path = ()) -> Iterator[tuple[Path, FieldInfo, Any]]:
    """Yield the fields of all parts within *part*, each with its path and value."""
    match part:
        case BaseModel():
            for name, field in type(part).model_fields.items():
                here, value = (*path, field.alias or name), getattr(part, name)
                yield here, field, value
                yield from fields_in(value, here)
        case Mapping():
            for key, value in part.items():
                yield from fields_in(value, (*path, key))
        case tuple():
            for number, value in enumerate(part):
                yield from fields_in(value, (*path, number))
        case _:
            return


def _names_in(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, inner in value.items():
                yield from _names_in((*path, key), inner)
        case _:
            for number, inner in enumerate(value):
                yield from _names_in((*path, number), inner)


def reference_faults(playbook: Playbook) -> Iterator[Finding]:
    """Yield a fault for each name that nothing has, and for each contact who has no address."""
    called = playbook.ids_by_name
    for path, kind, name in references_in(playbook):
        match kind:
            case Refers.CONTACT | Refers.ONE_CONTACT:
                yield from _check_contact(playbook, path, name, is_one=kind is Refers.ONE_CONTACT)
            case Refers.PERSON | Refers.PERSON_ON_CALL if name not in playbook.people:
                what = "a person: " if kind is Refers.PERSON_ON_CALL else ""
                yield unknown_name(path, name, playbook.people, what, called)
            case Refers.PERSON_ON_CALL if not playbook.people[name].addresses:
                yield Finding(path, f"{quote_input(name)}, who has no address", _ask_for_address(name))
            case Refers.CALENDAR if name not in playbook.calendars:
                yield unknown_name(path, name, playbook.calendars)
            case Refers.TIER if name not in playbook.tiers:
                yield unknown_name(path, name, playbook.tiers)
            case Refers.PAUSE_REASON if name not in playbook.pause_reasons:
                yield unknown_name(path, name, playbook.pause_reasons)
            case Refers.ROLE if name not in playbook.roles:
                yield unknown_name(path, name, playbook.roles, _A_ROLE)
            case Refers.ANY_ROLE if name not in (known := (*SPECIAL_ROLES, *playbook.roles)):
                yield unknown_name(path, name, known, _A_ROLE)
            case _:
                pass


def _check_contact(playbook: Playbook, path: Path, name: str, *, is_one: bool) -> Iterator[Finding]:
    """Check that everybody named here is known, and can be notified."""
    ids = playbook.ids_of((name,))
    if not ids:
        known = (*playbook.people, *playbook.teams, *playbook.rotas, *playbook.roles)
        what = "a person, a team, a rota," if playbook.rotas else "a person, a team,"
        allowed = f"{what} or a role that somebody has: {list_names(known)}"
        yield Finding(path, quote_input(name), allowed, nearest(name, known, playbook.ids_by_name))
    for id_ in ids:
        contact = playbook.contact_spec(id_)
        if not isinstance(contact, RotaSpec) and not contact.addresses:
            given = quote_input(name) if id_ == name else f"{quote_input(name)}, which is {quote_input(id_)}"
            yield Finding(path, f"{given}, who has no address", _ask_for_address(id_))
    if is_one and len(ids) > 1:
        given = f"the role {quote_input(name)}, which several people have"
        yield Finding(path, given, "one person, team or rota")


def _ask_for_address(id_: str) -> str:
    return f"somebody with one; give {id_} addresses"
