"""
Data of a party on record: of an account its escalations, of a person the entries that name them.

Of an escalation of several customers an account gets its own share, and of each entry a person gets theirs. The pinned
plan is left out: it is the playbook, and describes people who have nothing to do with the case. Must not know how it is
shown.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from escalation.kernel.email_address import mailbox_of
from escalation.kernel.ids import ContactId
from privacy.account_share import share_of_account
from privacy.party import Party, PartyKind, texts_in
from privacy.person_share import share_of_event, share_of_object
from records.data_export import RecordedEscalation, read_escalations
from records.store import RecordStore
from records.tables import PARTS, ParticipantRow

_PLAN = "plan"
_PARTS = tuple(part.__tablename__ for part in PARTS)
_LEFT_OUT = object()


def held_on_record(store: RecordStore, party: Party) -> Iterator[RecordedEscalation]:
    """
    Yield escalations with what they say of *party*, the first opened first.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    if party.kind is PartyKind.ACCOUNT:
        for each in read_escalations(store, account=party.id):
            yield without_plans(_for_account(each, party.id))
        return
    for each in read_escalations(store):
        if found := _for_person(each, party):
            yield found


def without_plans(recorded: RecordedEscalation) -> RecordedEscalation:
    """Return it without the pinned plan, which each opening has."""
    events = [{**each, "event": _without_plan(each["event"])} for each in recorded["events"]]
    return {**recorded, "events": events}


def _without_plan(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != _PLAN}


def _for_account(recorded: RecordedEscalation, account: str) -> RecordedEscalation:
    others = frozenset(each["account"] for each in recorded["customers"]) - {account}
    if not others:
        return recorded
    shown: RecordedEscalation = without_accounts(share_of_account(recorded, account), others)
    return shown


def without_accounts(said: Any, others: frozenset[str]) -> Any:
    """Return *said* without each item of a list, or value of a name, that belongs to one of the *others*."""
    # Example: of ACME, BOLT's customer in `request.customers`, BOLT's answers, `impacts["BOLT"]`, the results of
    # letters to BOLT:jo@bolt.example, and events that such a contact made.
    match said:
        case dict():
            kept = {
                name: without_accounts(value, others) for name, value in said.items() if name not in others
            }
            return {name: value for name, value in kept.items() if value is not _LEFT_OUT}
        case list():
            return [without_accounts(each, others) for each in said if not belongs_to(each, others)]
        case str() if _is_contact_of(said, others):
            return _LEFT_OUT
        case _:
            return said


def belongs_to(item: Any, others: frozenset[str]) -> bool:
    match item:
        case {"account": str(account)} if account in others:
            return True
        case {"question": dict(question)}:
            return belongs_to(question, others)
        case {"event": dict(event)}:
            return belongs_to(event, others) or _is_contact_of(event.get("by", ""), others)
        case {"recipient": str(recipient)}:
            return _is_contact_of(recipient, others)
        case str():
            return item in others or _is_contact_of(item, others)
        case _:
            return False


def _is_contact_of(text: str, accounts: frozenset[str]) -> bool:
    return "@" in text and ContactId.read(text).account in accounts


def _for_person(recorded: RecordedEscalation, party: Party) -> RecordedEscalation | None:
    plain = without_plans(recorded)
    if party.kind is PartyKind.CONTACT and not party.is_named_in(plain):
        return None
    known = _with_names(plain, party)
    parts = {
        name: [found for row in plain[name] if (found := share_of_object(row, known))] for name in _PARTS
    }
    events = [share_of_event(each, known) for each in plain["events"] if known.is_named_in(each)]
    if not (events or any(parts.values())):
        return None
    return {**_head_for_person(plain, known), **parts, "events": events}


def _head_for_person(plain: RecordedEscalation, party: Party) -> RecordedEscalation:
    head = {name: value for name, value in plain.items() if name not in {*_PARTS, "events", "playbooks"}}
    return {**head, "subject": head["subject"] if party.is_called(head["subject"] or "") else None}


def _with_names(recorded: RecordedEscalation, party: Party) -> Party:
    """Return a contact with the names that this escalation has for their address, and for nobody else's."""
    if party.kind is not PartyKind.CONTACT:
        return party
    # Two customers can each have a Jo: a name alone then says nothing about whose it is.
    named = set(names_in(recorded))
    of_others = {name for email, name in named if email != party.id}
    return Party.contact(party.id, {name for email, name in named if email == party.id} - of_others)


def names_in(said: Any) -> Iterator[tuple[str, str]]:
    """Yield each e-mail address in plain JSON that has a name with it, and the name."""
    match said:
        case dict():
            if said.get("email") and said.get("name"):
                yield mailbox_of(str(said["email"])), str(said["name"])
            for value in said.values():
                yield from names_in(value)
        case list():
            for each in said:
                yield from names_in(each)
        case _:
            pass


def has_participant(store: RecordStore, who: str) -> bool:
    """Return whether somebody of this id has, or had, a part in an escalation on record."""
    with store.database.reading() as db:
        return db.scalar(select(ParticipantRow.who).where(ParticipantRow.who == who).limit(1)) is not None


def contacts_in(recorded: RecordedEscalation, account: str) -> set[str]:
    """Return the contacts of *account* that an escalation names, as ``ACCOUNT:EMAIL``."""
    return {text for text in texts_in(recorded) if _is_contact_of(text, frozenset({account}))}


def ids_of(email: str, recorded: RecordedEscalation) -> set[str]:
    """Return the ids, ``ACCOUNT:EMAIL``, that an escalation has for the contact with the mailbox *email*."""
    ids = (text for text in texts_in(recorded) if "@" in text)
    return {id_ for id_ in ids if ":" in id_ and mailbox_of(ContactId.read(id_).email) == email}
