"""
The share of one person in what is on record: what they wrote, and what names them.

An entry is not given out whole because it names somebody: an opening names all contacts. Objects that are the person's
own go whole; of all else only the texts that name them. Must not know where entries are kept.
"""

from typing import Any

from escalation.kernel.email_address import mailbox_of
from escalation.kernel.ids import ContactId
from privacy.account_share import COURSE, Plain
from privacy.party import Party, PartyKind

_OF_MANY = frozenset({"opened", "customer_joined", "escalation_taken_over", "delivery_reported"})
"""Kinds of events that are about many people, whoever made them."""
_WORDS_OF_MAKER = ("note", "why", "done", "internal_note", "customer_text")
_MARKS = ("contact", "email", "id", "owner", "person", "recipient", "who", "by")
"""Names of values that say whose an object is."""
_ABOUT_NOBODY = ("at", "seq", "n", "kind", "code", "account")
"""Values that are kept with others, which nobody would understand without them."""


def share_of_event(row: Plain, party: Party) -> Plain:
    """Return what an event on record, which names *party*, has of them."""
    event, kind = row["event"], row["kind"]
    is_maker = _is_of(row["by"], party)
    by = row["by"] if is_maker or "@" not in row["by"] else ""
    head = {"seq": row["seq"], "at": row["at"], "by": by, "kind": kind}
    is_whole = is_maker and party.kind is PartyKind.CONTACT and kind not in _OF_MANY
    if is_whole or any(_is_of(event.get(name), party) for name in ("contact", "email")):
        return {**head, "playbook": None, "event": {**event, **head}}
    names = (*COURSE.get(kind, ()), *(_WORDS_OF_MAKER if is_maker else ()))
    kept = {name: event[name] for name in names if name in event}
    return {**head, "playbook": None, "event": {**_texts_of(event, party), **kept, **_force(event), **head}}


def share_of_object(said: Plain, party: Party) -> Plain:
    """Return an object of plain JSON whole, if it is the person's own; else what in it names them, or is theirs."""
    if any(_is_of(said.get(mark), party) for mark in _MARKS):
        return said
    found = _texts_of(said, party)
    return found and {**found, **{name: said[name] for name in _ABOUT_NOBODY if name in said}}


def _texts_of(said: Plain, party: Party) -> Plain:
    found = {name: _share_of(value, party) for name, value in said.items()}
    return {name: value for name, value in found.items() if value}


def _share_of(said: Any, party: Party) -> Any:
    match said:
        case dict():
            return share_of_object(said, party)
        case list():
            return [found for each in said if (found := _share_of(each, party))]
        case str() if party.is_called(said) or _is_of(said, party):
            return said
        case _:
            return None


def _force(event: Plain) -> Plain:
    """Return which task force an event is about, by name."""
    force = event.get("force") or {}
    return {"force": {"name": force["name"]}} if "name" in force else {}


def _is_of(id_: Any, party: Party) -> bool:
    if not isinstance(id_, str):
        return False
    if party.kind is PartyKind.CONTACT:
        return "@" in id_ and mailbox_of(ContactId.read(id_).email) == party.id
    return id_ == party.id
