"""System events: open hours, people of the playbook and refused moves, as the shell reported or looked them up."""

from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.state import Escalation
from escalation.kernel.business_time import OpenHours
from escalation.kernel.reasons import Part, Person, Reason, Term, reason
from escalation.kernel.values import Name, frozen
from escalation.policy.people import Contact


@frozen
class PeopleNamed(BaseEvent):
    """A move named people of the playbook whom the plan did not have."""

    kind: Literal["people_named"] = "people_named"
    people: tuple[Contact, ...]

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, plan=now.plan.joined_by(self.people))

    def sentence(self) -> Reason:
        return reason(self.code, tuple(Person(person.id, person.name) for person in self.people))


@frozen
class OpenHoursExtended(BaseEvent):
    kind: Literal["open_hours_extended"] = "open_hours_extended"
    calendar: Name
    open_hours: OpenHours
    """From where the known ones end."""

    def applied_to(self, now: Escalation) -> Escalation:
        plan = now.plan.extended(self.calendar, self.open_hours)
        return replace(now, plan=plan).with_clocks(now.clocks)

    def sentence(self) -> Reason:
        return reason(self.code, self.calendar, self.open_hours.compiled_until)


@frozen
class MoveRefused(BaseEvent):
    """A message without an answer (a signal) that could not be followed; recorded instead of lost."""

    kind: Literal["move_refused"] = "move_refused"
    move: str
    why: Part

    @property
    def added(self) -> Part:
        return ""  # why it happened is in the sentence

    def sentence(self) -> Reason:
        return reason(self.code, Term("Move", self.move), self.why)
