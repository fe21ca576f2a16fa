"""
Form of a playbook file: the fields of each part, and the types of their values.

Each part is checked alone here (levels: ``level_spec.py``, people: ``people_spec.py``, rotas: ``rota_spec.py``).
Whether the parts fit together is for ``checks.py``. Managers write the field names; renaming one breaks their files.
Managers read the sentence below a field, too: editors and the reference show it.
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path as FilePath
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr, WithJsonSchema

from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import Name
from escalation.policy.classification import Degree, EvidenceKind, Priority
from escalation.policy.spans import parse_span
from escalation.policy.translations import Translations
from planning.calendars.calendar_spec import CalendarSpec
from planning.on_call.rota_spec import RotaSpec
from planning.playbook.access_spec import AccessSpec
from planning.playbook.level_spec import IssueTypeSpec, ScopeSpec
from planning.playbook.message_spec import MessagesSpec
from planning.playbook.people_spec import DeskSpec, PersonSpec, TeamSpec
from planning.playbook.value_types import (
    Clocks,
    Id,
    LevelNumber,
    PauseReason,
    Percents,
    PersonsMove,
    SpanText,
    TargetClock,
)
from planning.spec import CalendarName, ContactNames, Names, PersonNames, Refers, ShortSpec, Spec

ContactSpec = PersonSpec | TeamSpec | RotaSpec
_TEXT_IN_AN_EDITOR = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
        {"type": "null"},
    ]
}


class TargetSpec(ShortSpec):
    """Target of a clock: ``4 h``, or with reminders of its own ``{within: 4 h, remind_at: [50]}``."""

    short_field = "within"

    within: SpanText
    """The breach comes after this time."""
    remind_at: Percents | None = None
    """Percentages of the target at which reminders are due. If omitted, those of the playbook."""


_OF_TASK_FORCES = {ClockName.TASK_FORCE_STATUS: "4 h", ClockName.SEAT_ANSWER: "30 min"}
"""Targets of playbooks that know no task forces."""


def _add_task_force_targets(written: dict[ClockName, TargetSpec]) -> dict[ClockName, TargetSpec]:
    missing = {name: span for name, span in _OF_TASK_FORCES.items() if name not in written}
    return written | {name: TargetSpec.model_validate(span) for name, span in missing.items()}


class TimeBasis(StrEnum):
    """Minutes and hours that a span counts: every one, or open ones."""

    ALWAYS = "24x7"
    BUSINESS = "business"


class PrioritySpec(Spec):
    """Fields of one priority."""

    basis: TimeBasis
    """Minutes and hours that count: 24x7 means all of them, business only open ones."""
    entry_level: Annotated[int, Field(ge=1)] = 1
    """The level at which an escalation of this priority begins."""
    window_percent: Annotated[int, Field(ge=1, le=1000)] = 100
    """Length of the levels' windows, in percent."""
    stakeholders: ContactNames = ()
    """Notified at the start, besides the contact of the level and the customer: people, teams, rotas or roles."""
    calendar: CalendarName = None
    """The calendar whose open hours count. If omitted, the playbook's."""
    rca_required: bool = False
    """True if an escalation can only close with a root cause analysis."""
    targets: dict[TargetClock, TargetSpec] = {}
    """Targets of this priority. Go before those of the playbook."""


class ResponsibilitiesSpec(Spec):
    """People who are asked for something, by role or by id."""

    escalation_managers: Annotated[ContactNames, Field(min_length=1)]
    """Own the process: notified where nobody nearer is named."""
    architects: ContactNames = ()
    """Verify a declared resolution."""
    problem_coordinators: ContactNames = ()
    """Write the internal root cause analysis (RCA)."""
    engagement_managers: ContactNames = ()
    """Ask each customer whether access is back, and share the RCA with them."""
    rca_approvers: ContactNames = ()
    """Approve the RCA that customers read."""
    bring_in: ContactNames = ()
    """Notified when the resolution target is missed."""


class TierSpec(Spec):
    """Changes that the tier of a customer makes at the start."""

    raises_priority: Annotated[int, Field(ge=0, le=3)] = 0
    """Number of steps: 1 makes a P3 a P2."""
    entry_level: LevelNumber = 1
    """The level at which escalations of such a customer begin, or higher."""
    calendar: CalendarName = None
    """The calendar of promises to such a customer. If omitted, as the priority says."""


class AccountSpec(Spec):
    """Fields of one customer."""

    tier: Annotated[Name | None, Refers.TIER] = None
    """The tier, whatever a request says."""
    calendar: CalendarName = None
    """The calendar of promises to this customer. Goes before the tier's."""
    team: PersonNames = ()
    """Ids of our people who look after this customer."""


class PauseSpec(ShortSpec):
    """A reason to pause: the clocks that it stops, or ``{stops: [resolution], at_most: 3 business days}``."""

    short_field = "stops"
    short_types = (str, list, tuple)

    stops: Clocks
    """The clocks that stop."""
    at_most: SpanText | None = None
    """Longest time of the pause. If omitted, until somebody ends it."""


class RcaSpec(Spec):
    """Rules for root cause analyses (RCA)."""

    may_be_waived: bool = True
    """True if a required one can be waived, with a reason."""


class SurveySpec(Spec):
    """Survey among customers after the close."""

    within: SpanText = parse_span("5 business days")
    """Time after the close in which answers are taken."""
    low_score: Annotated[int, Field(ge=1, le=4)] = 2
    """The highest score, of 1 to 5, of which the escalation managers are notified."""
    reopens: bool = False
    """True if a low score opens a new escalation of the same case, one level higher."""


class HoldingSpec(Spec):
    """Number of holding updates in a row, and the time between them."""

    at_most: Annotated[int, Field(ge=1, le=50)] = 3
    """The most holding updates that go out until somebody writes to the customers."""
    every: SpanText = parse_span("4 h")
    """The shortest time to the next one; the target of the next update may be longer."""


class ActionsSpec(Spec):
    """Reminders of actions from an RCA or a post-mortem."""

    remind_before: SpanText = parse_span("2 days")
    """Time from the first reminder to the due day; another reminder comes on that day."""
    chase_every: SpanText = parse_span("7 days")
    """Time between the reminders that follow until the action is done."""


class ApprovalsSpec(Spec):
    """Approval of texts for customers."""

    customer_updates: ContactNames = ()
    """Approvers of updates and questions to customers, by role or id. If omitted, both leave at once. The text of a
    resolution is approved by whoever verifies it."""
    within: SpanText = parse_span("30 min")
    """Time to approve; then a reminder is due, and the managers are notified."""
    author_may_approve: bool = False
    """True if the author of a text, or of its last change, may approve it."""


class Playbook(ScopeSpec):
    """A whole playbook file."""

    name: Name
    """Kept with every escalation."""
    version: Annotated[
        str, Field(min_length=1, max_length=50), WithJsonSchema({"type": ["string", "number"]})
    ]
    """Kept with every escalation: raise it when you change something."""
    calendars: Annotated[dict[Id, CalendarSpec], Field(min_length=1)]
    """The open hours of each part of the organisation."""
    calendar: Annotated[Name, Refers.CALENDAR]
    """The calendar of open hours and business days where nothing else is said."""
    people: Annotated[dict[Id, PersonSpec], Field(min_length=1)]
    """The people by id. Commands use the id."""
    teams: dict[Id, TeamSpec] = {}
    """The teams by id."""
    desk: DeskSpec | None = None
    """The desk that letters to customers name. If omitted, only owners with a telephone number are named so."""
    rotas: dict[Id, RotaSpec] = {}
    """The rotas by id. A rota stands for whoever is on call, wherever a person can stand."""
    duties: ResponsibilitiesSpec
    """People who are asked for something."""
    permissions: Annotated[dict[PersonsMove, Names], Refers.ANY_ROLE] = {}
    """The roles that may make a move. Everybody may make a move that is not listed."""
    access: AccessSpec | None = None
    """The roles that may look at escalations, where people sign in. If omitted, everybody looks at all of them."""
    sponsorship_deciders: Annotated[Names, Refers.ROLE] = ()
    """The roles that may begin and end an executive sponsorship. If omitted, everybody."""
    priorities: dict[Priority, PrioritySpec]
    """The four priorities."""
    targets: Annotated[
        dict[TargetClock, TargetSpec], AfterValidator(_add_task_force_targets), Field(validate_default=True)
    ] = {}
    """Targets of the clocks, for every priority that does not say otherwise. If omitted, the status of a task force is
    due every 4 h, and the answer to an invitation to one within 30 min."""
    remind_at: Percents = (50, 75, 90)
    """Percentages of a target at which reminders are due; 100 is the breach."""
    priority_from: dict[Degree, dict[Degree, Priority]]
    """The priority of a request that gives none: by impact, then by urgency."""
    tiers: dict[Id, TierSpec] = {}
    """Changes by the tier of a customer, by the name of the tier in requests."""
    accounts: dict[Name, AccountSpec] = {}
    """Fields of single customers, by account."""
    shared_outages: Names = ()
    """Tenants whose outages cases of every tenant may join, such as OPS: updates there reach them all. If omitted, a
    case can only join an outage of its own tenant."""
    skills: Annotated[dict[Id, Name], Refers.ONE_CONTACT] = {}
    """Skills, and who has each: a person, a team or a role. `transfer --skill` goes there."""
    evidence_wanted: tuple[EvidenceKind, ...] = ()
    """
    Kinds of evidence without which an escalation is marked "evidence is missing". If omitted, any one piece is enough.
    """
    pause_reasons: dict[PauseReason, PauseSpec] = {}
    """Reasons to pause: the clocks that stop, and for how long at most."""
    question_pause: Annotated[Name | None, Refers.PAUSE_REASON] = None
    """The reason of the pause that begins when a customer is asked something, and ends with the answer. If omitted, the
    clocks run on."""
    rca: RcaSpec = RcaSpec()
    """Rules for root cause analyses."""
    survey: SurveySpec | None = SurveySpec()
    """Survey among customers; none: there is no survey."""
    actions: ActionsSpec = ActionsSpec()
    """Reminders of actions."""
    approvals: ApprovalsSpec = ApprovalsSpec()
    """Approvers of texts for customers, and which texts wait for them."""
    holding_update: Annotated[Translations | None, WithJsonSchema(_TEXT_IN_AN_EDITOR)] = None
    """The text that goes out by itself when a promised update is missed, one for each language. If omitted, none."""
    holding: HoldingSpec = HoldingSpec()
    """Automatic updates to customers where a promised one is missed."""
    chase_every: SpanText = parse_span("1 day")
    """Time between reminders of a missed target: at least 10 min. Nights and weekends count."""
    messages: MessagesSpec = MessagesSpec()
    """Limits of messages, and quiet hours of customers."""
    issue_types: Annotated[dict[Id, IssueTypeSpec], Field(min_length=1)]
    """The matrix: issue type, category, levels."""

    _sha256: str = PrivateAttr(default="")
    _folder: FilePath | None = PrivateAttr(default=None)

    @property
    def sha256(self) -> str:
        """SHA-256 of the file; of a file that extends another, of the hashes of both."""
        return self._sha256

    @property
    def folder(self) -> FilePath | None:
        """Folder with the calendars of its rotas; None if the playbook is in no folder."""
        return self._folder

    def read_from(self, folder: FilePath | None, sha256: str) -> "Playbook":
        self._folder, self._sha256 = folder, sha256
        return self

    @property
    def ids_by_name(self) -> dict[str, str]:
        """The ids of people, teams and rotas by their full names."""
        everybody: dict[str, ContactSpec] = {**self.rotas, **self.teams, **self.people}
        return {spec.name: id_ for id_, spec in everybody.items()}

    def contact_spec(self, id_: str) -> ContactSpec:
        """Return the person, team or rota with this id; there must be one."""
        return self.people.get(id_) or self.teams.get(id_) or self.rotas[id_]

    def members_of(self, rota: str) -> tuple[str, ...]:
        """Return everybody who can ever be on call there; a calendar can name everybody with an address."""
        spec = self.rotas[rota]
        names_anybody = spec.calendar is not None and not spec.calendar.people
        everybody = (id_ for id_, person in self.people.items() if person.addresses) if names_anybody else ()
        return tuple(dict.fromkeys((*spec.named_people, *everybody)))

    def people_with(self, role: str) -> tuple[str, ...]:
        return tuple(id_ for id_, person in self.people.items() if role in person.roles)

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that somebody has, in the order of the people."""
        return tuple(dict.fromkeys(role for person in self.people.values() for role in person.roles))

    def ids_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of people, teams and rotas: an id stands for itself, a role for everybody who has it."""
        found: dict[str, None] = {}
        for name in names:
            is_id = name in self.people or name in self.teams or name in self.rotas
            found |= dict.fromkeys((name,) if is_id else self.people_with(name))
        return tuple(found)
