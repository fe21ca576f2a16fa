"""People of a playbook whom a move of a sponsorship names, and those who decide on sponsorships."""

from collections.abc import Iterable
from itertools import chain

from escalation.kernel.refusals import UnknownName
from escalation.policy.people import Contact
from escalation.sponsorship.playbook_people import PlaybookPeople
from planning.plan.contacts import contact_of
from planning.playbook.schema import Playbook


def people_of_sponsorship(playbook: Playbook, ids: Iterable[str]) -> PlaybookPeople:
    """
    Return the people of *ids*, and who decides on sponsorships.

    Raises:
        UnknownName: If *playbook* has no such person.
    """
    known, called = sorted(playbook.people), playbook.ids_by_name
    ids = tuple(ids)
    for id_ in ids:
        if id_ not in playbook.people:
            raise UnknownName.of("unknown person", id_, known, called=called)
    return PlaybookPeople(
        people=tuple(contact_of(playbook, id_) for id_ in ids),
        deciders=playbook.sponsorship_deciders,
        managers=_managers(playbook),
    )


def _managers(playbook: Playbook) -> tuple[Contact, ...]:
    """Return those who decide on sponsorships, or else the escalation managers: who has an address, in person."""
    ids = playbook.ids_of(playbook.sponsorship_deciders or playbook.duties.escalation_managers)
    people = (playbook.members_of(id_) if id_ in playbook.rotas else (id_,) for id_ in ids)
    contacts = (contact_of(playbook, id_) for id_ in dict.fromkeys(chain.from_iterable(people)))
    return tuple(contact for contact in contacts if contact.addresses)
