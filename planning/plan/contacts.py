"""People, teams and rotas of a playbook as the contacts of a plan."""

from escalation.policy.people import Contact, ContactKind
from planning.on_call.rota_spec import RotaSpec
from planning.playbook.people_spec import PersonSpec, TeamSpec
from planning.playbook.schema import Playbook


def contact_of(playbook: Playbook, id_: str) -> Contact:
    """Return a person, a team or a rota as the rules know it; there must be one with this id."""
    match playbook.contact_spec(id_):
        case RotaSpec() as rota:
            return Contact(
                id=id_,
                name=rota.name,
                kind=ContactKind.ROTA,
                members=playbook.members_of(id_),
                hands_over=rota.hands_over,
                time_zone=rota.time_zone,
            )
        case spec:
            preferences = playbook.messages.preferences
            return Contact(
                id=id_,
                name=spec.name,
                kind=ContactKind.TEAM if isinstance(spec, TeamSpec) else ContactKind.PERSON,
                roles=spec.roles if isinstance(spec, PersonSpec) else (),
                members=spec.members if isinstance(spec, TeamSpec) else (),
                addresses=spec.addresses,
                telephone=spec.telephone or "",
                language=spec.language,
                time_zone=spec.time_zone,
                preferences=preferences(spec.quiet_hours, spec.at_most, spec.urgent_addresses),
            )
