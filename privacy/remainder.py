"""
The remainder of an escalation from which one party is erased, while what is about others stays.

What belongs to the party goes whole: customers of the account, answers, events and letters of its contacts. Elsewhere
its names and addresses are replaced by one word. It must not know where rows are kept.
"""

from collections.abc import Iterable
from typing import Any

from privacy.held_record import belongs_to, without_accounts
from privacy.party import Party, PartyKind

ERASED = "erased"
"""Stands where a name, an address or an id was."""
_MAKERS = ("by", "recipient", "contact")
"""Names of values that say whose an entry is."""


class Remainder:
    """Says what is left of a row, of its values by their names. *others* are further parties to take out."""

    def __init__(self, party: Party, others: Iterable[Party] = ()) -> None:
        self._party = party
        self._named = (party, *others) if party.is_person else tuple(others)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any] | None:
        if self._is_theirs(row):
            return None
        left = row
        if self._party.kind is PartyKind.ACCOUNT:
            left = without_accounts(left, frozenset({self._party.id}))
        scrubbed: dict[str, Any] = self._scrubbed(left)
        return {**row, **scrubbed}

    def _is_theirs(self, row: dict[str, Any]) -> bool:
        if self._party.kind is PartyKind.ACCOUNT:
            return belongs_to(row, frozenset({self._party.id}))
        if self._party.kind is PartyKind.COLLEAGUE:
            return False  # what they did for a customer is the customer's, too
        return any(self._party.is_called(str(row.get(name) or "")) for name in _MAKERS)

    def _scrubbed(self, said: Any) -> Any:
        match said:
            case dict():
                return {name: self._scrubbed(value) for name, value in said.items()}
            case list():
                return [self._scrubbed(each) for each in said]
            case str():
                return self._without_names(said)
            case _:
                return said

    def _without_names(self, text: str) -> str:
        for party in self._named:
            text = ERASED if text == party.id else party.pattern.sub(ERASED, text)
        return text


def contacts_as_parties(named: Iterable[tuple[str, str]]) -> tuple[Party, ...]:
    """Return a party for each e-mail address that has a name with it."""
    names: dict[str, set[str]] = {}
    for email, name in named:
        names.setdefault(email, set()).add(name)
    return tuple(Party.contact(email, _whole_names(found)) for email, found in sorted(names.items()))


def _whole_names(names: Iterable[str]) -> Iterable[str]:
    """Return the names of more than one word: a first name alone can be anybody's."""
    return (name for name in names if len(name.split()) > 1)
