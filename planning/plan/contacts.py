"""
People, teams and rotas of a playbook as the contacts of a plan.
"""

from escalation.policy.people import Contact, ContactKind
from planning.on_call.rota_spec import RotaSpec
from planning.playbook.message_spec import MessagesSpec
from planning.playbook.schema import PersonSpec, Playbook, TeamSpec


def contact_of(playbook: Playbook, id_: str) -> Contact:
    """A person, a team or an on-call schedule as the rules know it; there must be one with this id."""
    match playbook.named(id_):
        case PersonSpec() as person:
            return _person(id_, person, playbook.messages)
        case TeamSpec() as team:
            return _team(id_, team, playbook.messages)
        case RotaSpec() as schedule:
            return Contact(
                id=id_,
                name=schedule.name,
                kind=ContactKind.SCHEDULE,
                members=playbook.members_of(id_),
                hands_over=schedule.hands_over,
                time_zone=schedule.time_zone,
            )


def _person(id_: str, person: PersonSpec, messages: MessagesSpec) -> Contact:
    return Contact(
        id=id_,
        name=person.name,
        roles=person.roles,
        addresses=person.addresses,
        language=person.language,
        time_zone=person.time_zone,
        preferences=messages.preferences(person.quiet_hours, person.at_most, person.urgent_addresses),
    )


def _team(id_: str, team: TeamSpec, messages: MessagesSpec) -> Contact:
    return Contact(
        id=id_,
        name=team.name,
        kind=ContactKind.TEAM,
        members=team.members,
        addresses=team.addresses,
        language=team.language,
        time_zone=team.time_zone,
        preferences=messages.preferences(team.quiet_hours, team.at_most, team.urgent_addresses),
    )
