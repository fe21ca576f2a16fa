"""
Sight: the escalations that somebody may look at, and the one rule that says so (IDENTITY-4).

Lists, pages, streams, reports, exports and moves all ask this rule. Whatever somebody may not look at is for them as if
it did not exist. Owns the rule. Must not know playbooks, queries or databases.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concerned:
    """Everybody whom an escalation concerns."""

    people: frozenset[str] = frozenset()
    """Our people, teams and rotas who have, or had, a part in it."""
    accounts: frozenset[str] = frozenset()
    """The customers' accounts."""

    @classmethod
    def of(cls, people: Iterable[str], accounts: Iterable[str]) -> "Concerned":
        return cls(frozenset(people), frozenset(accounts))


@dataclass(frozen=True, slots=True)
class Sight:
    """The escalations that somebody may look at. If nothing else is said, all."""

    sees_all: bool = True
    people: frozenset[str] = frozenset()
    """Ids of the person and of their teams and rotas: an escalation in which one of these has a part is theirs."""
    accounts: frozenset[str] = frozenset()
    """Accounts that they look after."""
    bound_to: frozenset[str] = frozenset()
    """Accounts that the key of a machine is bound to: nothing beyond them. None: no key, or one that is not bound."""

    @property
    def is_unlimited(self) -> bool:
        return self.sees_all and not self.bound_to

    def covers(self, concerned: Concerned) -> bool:
        """Return whether they may look at what *concerned* are concerned by."""
        if self.bound_to and not (concerned.accounts and concerned.accounts <= self.bound_to):
            return False
        return (
            self.sees_all
            or not self.people.isdisjoint(concerned.people)
            or not self.accounts.isdisjoint(concerned.accounts)
        )


UNLIMITED = Sight()
