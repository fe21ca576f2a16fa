"""
The cases that an erasure is about: of an account all in which it has a part, of a person all that name them.

Reads the record. It must not know whether anything of a case goes on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select

from escalation.kernel.ids import Own, own_id
from privacy.held_record import held_on_record, names_in
from privacy.party import Party, PartyKind
from privacy.remainder import Remainder, contacts_as_parties
from records.data_export import RecordedEscalation, read_escalations
from records.erasure import Rest
from records.store import RecordStore
from records.tables import CustomerRow, EscalationRow


@dataclass(frozen=True)
class CaseErasure:
    """One case to erase, or a sponsorship."""

    scope: str
    """The key of the case, or the id of the sponsorship: what has one data key."""
    escalations: tuple[str, ...] = ()
    """Ids of its escalations on record."""
    rest: Rest | None = None
    """Says what is left, where others have a part in it; None: nothing is."""


@dataclass
class _Found:
    ids: list[str] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)


def cases_of(store: RecordStore, party: Party) -> tuple[CaseErasure, ...]:
    """
    Return what has to be erased of *party*, in the order of keys.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    found = _of_account(store, party) if party.kind is PartyKind.ACCOUNT else _of_person(store, party)
    return tuple(sorted(found, key=lambda case: case.scope))


def whole_case(store: RecordStore, key: str) -> CaseErasure:
    """Return the erasure of all that a case has."""
    with store.database.reading() as db:
        ids = db.scalars(select(EscalationRow.id).where(EscalationRow.key == key))
        return CaseErasure(key, tuple(ids))


def _of_account(store: RecordStore, party: Party) -> Iterator[CaseErasure]:
    cases = _cases_with(store, party.id)
    joined: set[str] = set()
    for key, found in cases.items():
        is_alone = found.accounts <= {party.id}
        recorded = list(read_escalations(store, key=key))
        joined |= set(_joined_keys(recorded, None if is_alone else party.id))
        rest = None if is_alone else Remainder(party, contacts_as_parties(_contacts(recorded, party.id)))
        yield CaseErasure(key, tuple(found.ids), rest)
    # A subject that joined an outage has a run under its own key, and nothing on record but there.
    yield from (CaseErasure(key) for key in joined - cases.keys())
    yield CaseErasure(own_id(Own.SPONSORSHIP, party.id))


def _of_person(store: RecordStore, party: Party) -> Iterator[CaseErasure]:
    keys: dict[str, list[str]] = defaultdict(list)
    for each in held_on_record(store, party):
        keys[each["key"]].append(each["id"])
    for key in keys:
        names = names_in(list(read_escalations(store, key=key)))
        own = contacts_as_parties((email, name) for email, name in names if email == party.id)
        ids = whole_case(store, key).escalations
        yield CaseErasure(key, ids, Remainder(party, own))


def _cases_with(store: RecordStore, account: str) -> dict[str, _Found]:
    of_account = select(CustomerRow.escalation).where(CustomerRow.account == account)
    keys = select(EscalationRow.key).where(EscalationRow.id.in_(of_account))
    query = select(EscalationRow.key, EscalationRow.id, CustomerRow.account)
    query = query.outerjoin(CustomerRow, CustomerRow.escalation == EscalationRow.id)
    cases: dict[str, _Found] = defaultdict(_Found)
    with store.database.reading() as db:
        for key, id_, customer in db.execute(query.where(EscalationRow.key.in_(keys))):
            case = cases[key]
            if id_ not in case.ids:
                case.ids.append(id_)
            case.accounts |= {customer} - {None}
    return dict(cases)


def _joined_keys(recorded: Iterable[RecordedEscalation], account: str | None) -> Iterator[str]:
    """Yield the keys of subjects that joined: all, or those that brought *account* along."""
    for escalation in recorded:
        for row in escalation["events"]:
            event = row["event"]
            if row["kind"] == "customer_joined" and event.get("case_key"):
                brought = {each["account"] for each in event.get("customers", ())}
                if account is None or account in brought:
                    yield event["case_key"]


def _contacts(recorded: Iterable[RecordedEscalation], account: str) -> Iterator[tuple[str, str]]:
    for escalation in recorded:
        for row in escalation["events"]:
            for customer in _customers_in(row["event"]):
                if customer.get("account") == account:
                    yield from names_in(customer)


def _customers_in(event: RecordedEscalation) -> list[RecordedEscalation]:
    request = event.get("request") or {}
    found: list[RecordedEscalation] = [*event.get("customers", ()), *request.get("customers", ())]
    return found
