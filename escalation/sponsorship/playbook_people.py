"""People of the playbook of today, for a process that has no plan."""

from escalation.kernel.values import Name, frozen
from escalation.policy.people import Contact


@frozen
class PlaybookPeople:
    """People of today's playbook whom a command names."""

    people: tuple[Contact, ...] = ()
    deciders: tuple[Name, ...] = ()
    """Roles that may enrol an account and end its sponsorship; none: everybody."""
    managers: tuple[Contact, ...] = ()
    """Managers of sponsorships: they hear what sponsors cannot be told, or do not do."""

    def person(self, id_: str) -> Contact | None:
        return next((person for person in self.people if person.id == id_), None)

    def name_of(self, id_: str) -> str:
        person = self.person(id_)
        return person.name if person else id_

    def may_decide(self, id_: str) -> bool:
        person = self.person(id_)
        return not self.deciders or bool(person and set(person.roles) & set(self.deciders))
