"""
Whom an entry of a calendar means, of the people of a playbook.

Asked in this order: who is invited, by address or name; whom its summary names, by address, name or id; who organises
it. Whoever made an entry is rarely the one on call, so that comes last.
"""

import re
from collections.abc import Iterable, Mapping

from planning.ical import Entry, Guest
from planning.schema import Person

_MAIL = "email:"


class Named:
    """Finds the people that entries mean."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        self._people = people
        self._by_address = {
            address.removeprefix(_MAIL).lower(): id_
            for id_, person in people.items()
            for address in person.addresses
            if address.startswith(_MAIL)
        }
        self._by_name = {_plain(person.name): id_ for id_, person in people.items()}

    def of(self, entry: Entry) -> tuple[str, ...]:
        """Ids, each once; none if the entry means nobody of them."""
        return (
            self._guests(entry.guests)
            or self._in_words(entry.summary)
            or self._guests((entry.organizer,) if entry.organizer else ())
        )

    def _guests(self, guests: Iterable[Guest]) -> tuple[str, ...]:
        found = (
            self._by_address.get(guest.email.lower()) or self._by_name.get(_plain(guest.name))
            for guest in guests
        )
        return tuple(dict.fromkeys(id_ for id_ in found if id_))

    def _in_words(self, summary: str) -> tuple[str, ...]:
        """By address or whole name, in the order in which they stand there; if there is none, by id."""
        text = _plain(summary)
        by_id = {id_.lower(): id_ for id_ in self._people}
        return _standing_in(text, {**self._by_address, **self._by_name}) or _standing_in(text, by_id)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _standing_in(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    places = {
        id_: found.start()
        for words, id_ in known.items()
        if words
        and words in text
        and (found := re.search(rf"(?<![\w.@-]){re.escape(words)}(?![\w@-])", text))
    }
    return tuple(sorted(places, key=places.__getitem__))
