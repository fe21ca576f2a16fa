"""
People whom an entry of a calendar means.

Looked for in this order: the guests, by address or name; the summary, by address, name or id; the organiser. Whoever
made an entry is rarely on call, so the organiser comes last.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import itemgetter

from escalation.kernel.email_address import BadEmailAddress, as_mailed
from escalation.kernel.name_comparison import fold_name
from planning.on_call.ical import Entry, Guest
from planning.on_call.roster import Attendee

_MAIL = "email:"


class EntryMatcher:
    """Matches entries with people."""

    def __init__(self, people: Mapping[str, Attendee]) -> None:
        self._by_address = _group(
            (_normalize_address(address.removeprefix(_MAIL)), id_)
            for id_, person in people.items()
            for address in person.addresses
            if address.startswith(_MAIL)
        )
        self._by_name = _group((fold_name(person.name), id_) for id_, person in people.items())
        self._by_id = _group((fold_name(id_), id_) for id_ in people)

    def of(self, entry: Entry) -> tuple[str, ...]:
        """Return the ids of the people whom *entry* means, each once; none if it means nobody."""
        return (
            self._guests(entry.guests)
            or self._in_words(entry.summary)
            or self._guests((entry.organizer,) if entry.organizer else ())
        )

    def _guests(self, guests: Iterable[Guest]) -> tuple[str, ...]:
        found = (
            self._by_address.get(_normalize_address(guest.email))
            or self._by_name.get(fold_name(guest.name), ())
            for guest in guests
        )
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    def _in_words(self, summary: str) -> tuple[str, ...]:
        """Find people by address or whole name, in the order of the text; if there are none, by id."""
        text = fold_name(summary)
        return _find_in(text, {**self._by_address, **self._by_name}) or _find_in(text, self._by_id)


def _normalize_address(address: str) -> str:
    """Return one spelling of an address: its domain may be written in letters or in ASCII."""
    try:
        return fold_name(as_mailed(address))
    except BadEmailAddress:
        return fold_name(address)


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Group ids by their words. Two people of one name are both meant: better one too many than nobody."""
    groups: dict[str, tuple[str, ...]] = {}
    for words, id_ in pairs:
        groups[words] = tuple(dict.fromkeys((*groups.get(words, ()), id_)))
    return groups


def _find_in(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    places = {
        ids: found.start()
        for words, ids in known.items()
        if words
        and words in text
        and (found := re.search(rf"(?<![\w.@-]){re.escape(words)}(?![\w@-])", text))
    }
    in_order = [ids for ids, _ in sorted(places.items(), key=itemgetter(1))]
    return tuple(dict.fromkeys(chain.from_iterable(in_order)))
