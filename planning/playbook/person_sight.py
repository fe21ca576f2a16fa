"""Sight of a person, as the playbook gives it (IDENTITY-4). The rule itself is in `escalation.policy.sight`."""

from collections.abc import Iterator

from escalation.policy.sight import UNLIMITED, Sight
from planning.playbook.schema import Playbook


def sight_of(playbook: Playbook, person: str) -> Sight:
    """Return what *person* may look at; somebody whom the playbook does not have, at what they have a part in."""
    access = playbook.access
    if access is None:
        return UNLIMITED
    roles = set(playbook.people[person].roles) if person in playbook.people else set()
    sees_teams = access.own_teams is None or not roles.isdisjoint(access.own_teams)
    sees_accounts = not roles.isdisjoint(access.own_accounts)
    return Sight(
        sees_all=not roles.isdisjoint(access.everything),
        people=frozenset(_groups_of(playbook, person)) | {person} if sees_teams else frozenset(),
        accounts=frozenset(_accounts_of(playbook, person)) if sees_accounts else frozenset(),
    )


def _groups_of(playbook: Playbook, person: str) -> Iterator[str]:
    yield from (id_ for id_, team in playbook.teams.items() if person in team.members)
    yield from (id_ for id_, rota in playbook.rotas.items() if person in rota.named_people)


def _accounts_of(playbook: Playbook, person: str) -> Iterator[str]:
    yield from (name for name, account in playbook.accounts.items() if person in account.team)
