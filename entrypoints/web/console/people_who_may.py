"""
People who may make a move, by their names and with the role that lets them: the rules know ids of roles alone.

Must not know what a move does, nor markup.
"""

from escalation.case.state import Escalation
from escalation.kernel.reasons import PLAYBOOK, Listed, Part, Person, Reason, Term, reason
from escalation.policy.people import ContactKind

MOST_NAMED = 5
"""People in one reason; it counts the others."""


def name_people(said: Part, now: Escalation) -> Part:
    """Return *said* with the people of *now* in place of the roles that may."""
    match said:
        case Reason("roles_that_may", (who, move, Listed(roles))):
            return reason("people_who_may", who, move, _people_in(now, roles))
        case Reason("action_of", (who, number, owner, Listed(roles))):
            others = tuple(role for role in roles if role != "action_owner")  # that of any action
            return reason("action_of_people", who, number, Person(str(owner)), _people_in(now, others))
        case Reason(code, parts):
            return Reason(code, tuple(name_people(part, now) for part in parts))
        case _:
            return said


def _people_in(now: Escalation, roles: tuple[Part, ...]) -> Part:
    """Return who has one of the *roles*, each with the first of them; if nobody has, the roles in words."""
    people = [(each, now.roles_of(each)) for each in now.plan.contacts if each.kind is ContactKind.PERSON]
    words = {str(role): Term(PLAYBOOK, str(role)) for role in roles}
    found: dict[str, Reason] = {}
    for role, word in words.items():
        for person, held in people:
            if role in held:
                found.setdefault(person.id, reason("in_role", person.name, word))
    shown = Listed(tuple(found.values())[:MOST_NAMED] or tuple(words.values()) or (reason("none"),))
    more = len(found) - MOST_NAMED
    return reason("and_others", shown, more) if more > 0 else shown
