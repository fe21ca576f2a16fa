"""Deploy a task force: specialists who work on the escalation for a time (RESOLVE-2)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.effects import StartTaskForce
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.task_forces import MOST_FORCES, calendars_of, clock_patterns, summarize_escalation
from escalation.case.work import Work
from escalation.kernel.budgets import CHARTER, SEATS, size_of
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, nearest, quote_input
from escalation.kernel.values import NO_NOTE, InternalText, Name, frozen
from escalation.policy.people import Contact, ContactKind
from escalation.task_force.state import Charter, SeatPlan, SeatRequest, TaskForceName, TaskForceSummary


@frozen
class TaskForceDeployed(BaseEvent):
    kind: Literal["task_force_deployed"] = "task_force_deployed"
    force: TaskForceSummary
    seats: tuple[SeatPlan, ...] = ()
    technical_plan: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, task_forces=(*now.task_forces, self.force))

    def sentence(self) -> Reason:
        return reason(self.code, self.force.name, Person(self.force.lead), self.force.mission)


class DeployTaskForce(MoveCommand):
    """Deploy a task force: a mission, a lead, seats that are offered to candidates until each is taken."""

    move = Move.DEPLOY_TASK_FORCE
    kind: Literal["deploy_task_force"] = "deploy_task_force"
    name: Annotated[
        TaskForceName,
        Field(examples=["data-recovery"], description="Small letters, digits and -, such as data-recovery."),
    ]
    mission: Annotated[
        InternalText,
        Field(min_length=1, max_length=2000, description="What it is to find out, or to get done."),
    ]
    lead: Annotated[Name, Field(description="Who leads it and reports its status.")]
    seats: Annotated[
        tuple[SeatRequest, ...],
        Field(max_length=SEATS, description="Who else is needed; each is asked until somebody accepts."),
    ] = ()
    technical_plan: Annotated[
        InternalText, Field(max_length=8000, description="How it goes about its mission.")
    ] = NO_NOTE
    status_every: Annotated[
        timedelta | None,
        Field(
            ge=timedelta(minutes=5),
            le=timedelta(days=30),
            description="How often its lead reports, such as 4 h. If omitted: as the playbook says.",
        ),
    ] = None

    @property
    def named(self) -> tuple[str, ...]:
        return (self.lead,)

    def carry_out(self, work: Work) -> None:
        """Check the name, the lead and the candidates of each seat, and deploy (RESOLVE-2)."""
        now = work.state
        if any(force.name == self.name for force in now.task_forces):
            raise MoveNotAllowed(reason("force_name_taken", self.name), subject=now.key)
        if len(now.task_forces) >= MOST_FORCES:
            raise MoveNotAllowed(reason("too_many_forces", MOST_FORCES), subject=now.key)
        seats, faults = _filled(now, self)
        if faults:
            raise BadRequest.because(reason("of.task_force", self.name, now.key), faults)
        force = TaskForceSummary(
            id=f"{now.id}/{self.name}", name=self.name, mission=self.mission, lead=self.lead
        )
        work.record(TaskForceDeployed(force=force, seats=seats, technical_plan=self.technical_plan))
        charter = _charter(work, self, force.id, seats)
        if (size := size_of(charter)) > CHARTER:
            allowed = reason("allowed.seats_size", CHARTER)
            fault = Fault(where="seats", given=reason("given.seats_size", size), allowed=allowed)
            raise BadRequest.because(reason("of.task_force", self.name, now.key), (fault,))
        work.do(StartTaskForce(charter=charter))


def _filled(now: Escalation, command: DeployTaskForce) -> tuple[tuple[SeatPlan, ...], list[Fault]]:
    """For each seat those who can take it; with every fault at once."""
    faults = list(_faults_of_lead(now, command.lead))
    seats = []
    for number, wanted in enumerate(command.seats):
        faults += _faults_of(now, f"seats.{number}", wanted)
        people = tuple(person for person in _candidates(now, wanted) if person != command.lead)
        seats.append(SeatPlan(role=wanted.role, skill=wanted.skill, candidates=people))
    if not faults:
        faults = [
            Fault(
                where=f"seats.{number}",
                given=reason("given.nobody_for_skill", seat.role, seat.skill)
                if seat.skill
                else reason("given.nobody_for", seat.role),
                allowed=reason("allowed.role_or_people"),
            )
            for number, seat in enumerate(seats)
            if not seat.candidates
        ]
    return tuple(seats), faults


def _faults_of_lead(now: Escalation, lead: str) -> Iterator[Fault]:
    people = _people(now)
    if lead not in people:
        yield Fault(
            where="lead",
            given=quote_input(lead),
            allowed=reason("allowed.person_of_playbook"),
            suggestion=nearest(lead, people),
        )


def _faults_of(now: Escalation, where: str, wanted: SeatRequest) -> Iterator[Fault]:
    skills, people = now.plan.skills, {contact.id for contact in now.plan.contacts}
    roles = sorted({role for contact in now.plan.contacts for role in contact.roles})
    if wanted.skill and wanted.skill not in skills:
        yield _unknown(f"{where}.skill", wanted.skill, sorted(skills))
    for person in wanted.people:
        if person not in people:
            yield _unknown(f"{where}.people", person, sorted(people))
    if not wanted.skill and not wanted.people and wanted.role not in roles:
        yield _unknown(f"{where}.role", wanted.role, roles)


def _unknown(where: str, given: str, known: list[str]) -> Fault:
    return Fault(
        where=where,
        given=quote_input(given),
        allowed=reason("one_of", tuple(known) or reason("none")),
        suggestion=nearest(given, known),
    )


def _candidates(now: Escalation, wanted: SeatRequest) -> tuple[str, ...]:
    """Return those who are named; else those with the skill, and with the role first; else those with the role."""
    of_role = [contact.id for contact in now.plan.contacts if wanted.role in contact.roles]
    if wanted.people:
        names: Iterable[str] = _each_person(now, wanted.people)
    elif wanted.skill:
        skilled = (
            _each_person(now, (now.plan.skills[wanted.skill],)) if wanted.skill in now.plan.skills else []
        )
        names = sorted(skilled, key=lambda person: person not in of_role)
    else:
        names = _each_person(now, of_role)
    return tuple(dict.fromkeys(names))


def _each_person(now: Escalation, ids: Iterable[str]) -> list[str]:
    """Return the people: a team or a rota stands for its members."""
    people = _people(now)
    found = (now.plan.contact(each) for each in ids if now.plan.knows(each))
    each = ((contact.id,) if contact.kind is ContactKind.PERSON else contact.members for contact in found)
    return [person for persons in each for person in persons if person in people]


def _people(now: Escalation) -> dict[str, Contact]:
    return {contact.id: contact for contact in now.plan.contacts if contact.kind is ContactKind.PERSON}


def _charter(work: Work, command: DeployTaskForce, id_: str, seats: tuple[SeatPlan, ...]) -> Charter:
    now = work.state
    clocks = tuple(clock_patterns(work, command.status_every))
    return Charter(
        id=id_,
        name=command.name,
        mission=command.mission,
        lead=command.lead,
        seats=seats,
        technical_plan=command.technical_plan,
        deployed_by=command.by,
        about=summarize_escalation(now),
        contacts=tuple(
            contact
            for contact in now.plan.contacts
            if contact.kind is ContactKind.PERSON or contact.id == command.by
        ),
        clocks=clocks,
        has_own_status=command.status_every is not None,
        calendars=calendars_of(now, clocks),
        chase_every=now.plan.chase_every,
    )
