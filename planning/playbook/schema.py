"""
What a playbook file may say, and in which form.

Data and the shape of each part alone (rotas: ``rota_spec.py``): whether the parts fit together is for
``checks.py``, what a level inherits for ``effective_levels.py``. The field names are what managers write; renaming one
breaks their files. The sentence below a field is for managers too: editors and the reference show it.
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path as FilePath
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, PrivateAttr, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from escalation.kernel.clock_name import ClockName
from escalation.kernel.language_tag import LanguageTag
from escalation.kernel.values import Name
from escalation.policy.classification import Degree, EscalationReason, Priority
from escalation.policy.plan import Unreached
from escalation.policy.spans import parse_span
from escalation.policy.translations import Translations
from planning.calendars.calendar_spec import CalendarSpec, TimeZone
from planning.on_call.rota_spec import RotaSpec
from planning.playbook.message_spec import Limits, MessagesSpec, QuietHours
from planning.playbook.value_types import (
    SPAN_IN_AN_EDITOR,
    Addresses,
    Clocks,
    Id,
    LevelNumber,
    PauseReason,
    Percents,
    PersonsMove,
    Phrase,
    Phrases,
    Roles,
    SpanText,
    TargetClock,
    WindowText,
)
from planning.spec import Names, Spec

_TEXT_IN_AN_EDITOR = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
        {"type": "null"},
    ]
}


class PersonSpec(Spec):
    """Somebody who can be told, hold an escalation, or make moves."""

    name: Name
    """As messages and tables show it."""
    roles: Roles = ()
    """Words that you choose; what a role may do is said under permissions."""
    addresses: Addresses = ()
    """Where messages go, the preferred one first: email:ana@example.com."""
    language: LanguageTag = "en"
    """The language of messages to this person."""
    time_zone: TimeZone = "UTC"
    """Times in messages to this person are of this zone."""
    urgent_addresses: Addresses = ()
    """Tried before the others for what is urgent: P1, and every breach."""
    quiet_hours: QuietHours = {}
    """When messages wait, by the clocks of the time zone above: 22:00-07:00, or days to hours. Nothing urgent waits."""
    at_most: Limits | None = None
    """How many messages: 5 per 10 min; what is more is bundled. Left out: as messages says for all; []: no limit."""


class TeamSpec(Spec):
    """People who hold an escalation together."""

    name: Name
    """As messages and tables show it."""
    members: Annotated[Names, Field(min_length=1)]
    """Ids of people; whatever the team may do, each of them may."""
    addresses: Addresses = ()
    """Where messages to the team go; its members are not told one by one."""
    language: LanguageTag = "en"
    """The language of messages to this team."""
    time_zone: TimeZone = "UTC"
    """Times in messages to this team are of this zone."""
    urgent_addresses: Addresses = ()
    """Tried before the others for what is urgent: P1, and every breach."""
    quiet_hours: QuietHours = {}
    """When messages wait, by the clocks of the time zone above: 22:00-07:00, or days to hours. Nothing urgent waits."""
    at_most: Limits | None = None
    """How many messages: 5 per 10 min; what is more is bundled. Left out: as messages says for all; []: no limit."""


class TargetSpec(Spec):
    """How long a clock may run: ``4 h``, or with its own reminders ``{within: 4 h, remind_at: [50]}``."""

    within: SpanText
    """The breach comes after this time."""
    remind_at: Percents | None = None
    """Percentages of the target at which whoever must act is reminded; left out: as the playbook says for all."""

    @model_validator(mode="before")
    @classmethod
    def _from_a_span_alone(cls, given: Any) -> Any:
        return {"within": given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [SPAN_IN_AN_EDITOR, handler(schema)]}


_OF_TASK_FORCES = {ClockName.TASK_FORCE_STATUS: "4 h", ClockName.SEAT_ANSWER: "30 min"}
"""Targets of playbooks that know no task forces."""


def _with_those_of_task_forces(written: dict[ClockName, TargetSpec]) -> dict[ClockName, TargetSpec]:
    missing = {name: span for name, span in _OF_TASK_FORCES.items() if name not in written}
    return written | {name: TargetSpec.model_validate(span) for name, span in missing.items()}


class TimeBasis(StrEnum):
    """What minutes and hours count: every one, or open ones."""

    ALWAYS = "24x7"
    BUSINESS = "business"


class PrioritySpec(Spec):
    """What a priority changes."""

    basis: TimeBasis
    """What minutes and hours count: 24x7 every one of them, business only open ones."""
    entry_level: Annotated[int, Field(ge=1)] = 1
    """The level at which an escalation of this priority begins."""
    window_percent: Annotated[int, Field(ge=1, le=1000)] = 100
    """The windows of the levels shrink, or stretch, to this percentage."""
    stakeholders: Names = ()
    """Told at the start, besides the contact of the level and the customer: people, teams, rotas or roles."""
    calendar: Name | None = None
    """The calendar whose open hours count; left out: the playbook's."""
    rca_required: bool = False
    """Whether it closes only with a root cause analysis."""
    targets: dict[TargetClock, TargetSpec] = {}
    """How long each clock may run; goes before the playbook's targets."""


class TriggerSpec(Spec):
    """A fact that sends the escalation up: its words, or ``{says: …, to_level: 5}``."""

    says: Phrase
    """The fact, in words."""
    to_level: int | None = None
    """The level that it sends it to; left out: the next one."""
    reason: EscalationReason = EscalationReason.OTHER
    """The reason of the rise, and of what customers read; an executive threat goes to the executive level."""

    @model_validator(mode="before")
    @classmethod
    def _from_words_alone(cls, given: Any) -> Any:
        return {"says": given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(schema)]}


class AskOrder(StrEnum):
    """How the contacts of a level are asked."""

    IN_TURN = "in_turn"
    AT_ONCE = "at_once"


class AcknowledgedBy(StrEnum):
    """Whose acknowledgement a level needs."""

    FIRST = "first"
    ALL = "all"


class LevelSpec(Spec):
    """What is said of a level in one place; what is left out is inherited."""

    name: Name | None = None
    """Who answers at this level, in words."""
    contacts: Names = ()
    """Who holds it: people, teams, rotas or roles, tried in this order."""
    window: WindowText = None
    """How long it may hold: reminded at the minimum, risen at the maximum. The last level: until resolution."""
    responses: Phrases = ()
    """The checklist that its contact works through."""
    triggers: dict[Id, TriggerSpec] = {}
    """Facts that send the escalation up at once: an id for commands, and the words."""
    managers: Names = ()
    """Alerted at each breach while this level holds."""
    unreached: Unreached = Unreached.HOLD
    """When nobody acknowledges: hold and keep asking, skip to the next level, or ask the fallback."""
    fallback: Name | None = None
    """Who is asked then: one person, team or rota."""
    ask: AskOrder | None = None
    """Whether its contacts are asked in turn, or all at once; left out: all at once if all must acknowledge."""
    acknowledge: AcknowledgedBy = AcknowledgedBy.FIRST
    """Whether the first of its contacts who acknowledges is enough, or all of them must."""
    ack_within: SpanText | None = None
    """How soon somebody must; left out: as the priority says."""
    ack_expires: SpanText | None = None
    """An acknowledgement is void after so long without any activity; left out: it holds."""
    calendar: Name | None = None
    """The calendar whose open hours its own clocks count; left out: as the priority says."""

    @property
    def asks_all(self) -> bool:
        return self.ask is AskOrder.AT_ONCE or self.acknowledge is AcknowledgedBy.ALL


class ScopeSpec(Spec):
    """What the playbook, an issue type and a category can each say of levels; the nearer one wins."""

    entry_level: LevelNumber | None = None
    """The level at which its escalations begin, or higher if the priority says so; left out everywhere: 1."""
    executive_level: LevelNumber | None = None
    """The level that an executive threat goes to at once; left out everywhere: the last one."""
    each_level: LevelSpec = LevelSpec()
    """What holds for each level that does not say otherwise."""
    levels: dict[LevelNumber, LevelSpec] = {}
    """The levels by number, from 1 up without a gap; the last one holds until resolution."""


class CategorySpec(ScopeSpec):
    """What customers come with; says only what differs from its issue type."""

    name: Name
    """As tables and messages show it."""


class IssueTypeSpec(ScopeSpec):
    """A group of categories that share their levels."""

    name: Name
    """As tables and messages show it."""
    categories: Annotated[dict[Id, CategorySpec], Field(min_length=1)]
    """The categories by id; the id is what requests and commands use."""


class ResponsibilitiesSpec(Spec):
    """Who is asked for what, by role or by id."""

    escalation_managers: Annotated[Names, Field(min_length=1)]
    """Own the process: alerted whenever nobody nearer is named."""
    architects: Names = ()
    """Verify a declared resolution."""
    problem_coordinators: Names = ()
    """Write the internal root cause analysis (RCA)."""
    engagement_managers: Names = ()
    """Ask each customer whether access is back, and share the RCA with them."""
    rca_approvers: Names = ()
    """Approve the RCA that customers read."""
    bring_in: Names = ()
    """Told when the resolution target is missed."""


class TierSpec(Spec):
    """What a customer's tier changes at the start."""

    raises_priority: Annotated[int, Field(ge=0, le=3)] = 0
    """By how many steps: 1 makes a P3 a P2."""
    entry_level: LevelNumber = 1
    """The level at which escalations of such a customer begin, or higher."""
    calendar: Name | None = None
    """The calendar that promises to such a customer count; left out: as the priority says."""


class AccountSpec(Spec):
    """What is particular to one customer."""

    tier: Name | None = None
    """The tier, whatever a request says."""
    calendar: Name | None = None
    """The calendar that promises to this customer count; goes before the tier's."""


class PauseSpec(Spec):
    """A reason to pause: the clocks that it stops, or ``{stops: [resolution], at_most: 3 business days}``."""

    stops: Clocks
    """The clocks that stand still."""
    at_most: SpanText | None = None
    """The pause ends by itself after so long; left out: when somebody ends it."""

    @model_validator(mode="before")
    @classmethod
    def _from_clocks_alone(cls, given: Any) -> Any:
        return {"stops": given} if isinstance(given, str | list | tuple) else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        whole = handler(schema)
        stops = handler.resolve_ref_schema(whole)["properties"]["stops"]
        return {"anyOf": [{k: v for k, v in stops.items() if k != "description"}, whole]}


class RcaSpec(Spec):
    """What holds for root cause analyses (RCA)."""

    may_be_waived: bool = True
    """Whether a required one can be waived, with a reason."""


class SurveySpec(Spec):
    """How customers are asked, after the close, how it was."""

    within: SpanText = parse_span("5 business days")
    """Answers are taken for so long after the close."""
    low_score: Annotated[int, Field(ge=1, le=4)] = 2
    """This score, of 1 to 5, or a lower one alerts the escalation managers."""
    reopens: bool = False
    """Whether a low score opens a new escalation of the same subject, one level higher."""


class HoldingSpec(Spec):
    """How many holding updates customers get in a row, and how far apart."""

    at_most: Annotated[int, Field(ge=1, le=50)] = 3
    """So many, until somebody writes to customers; then nothing goes out by itself."""
    every: SpanText = parse_span("4 h")
    """The next one is promised no sooner than this, nor sooner than the priority's own next update."""


class ActionsSpec(Spec):
    """When owners hear of their actions from an RCA or a post-mortem."""

    remind_before: SpanText = parse_span("2 days")
    """The first reminder comes so long before the due day; another one comes on it."""
    chase_every: SpanText = parse_span("7 days")
    """How often it is brought up again until it is done."""


class ApprovalsSpec(Spec):
    """Who approves texts for customers, and how soon."""

    customer_updates: Names = ()
    """Who approves updates to customers, by role or id (a resolution: who verifies it); nobody: they leave at once."""
    within: SpanText = parse_span("30 min")
    """How soon; then they are reminded, and the managers told."""
    author_may_approve: bool = False
    """Whether whoever wrote a text, or edited it last, may approve it, too."""


class Playbook(ScopeSpec):
    """A whole playbook file."""

    name: Name
    """Recorded with every escalation."""
    version: Annotated[
        str, Field(min_length=1, max_length=50), WithJsonSchema({"type": ["string", "number"]})
    ]
    """Recorded with every escalation: raise it when you change something."""
    calendars: Annotated[dict[Id, CalendarSpec], Field(min_length=1)]
    """When which part of the organisation is open."""
    calendar: Name
    """The one of the calendars that open hours and business days count in."""
    people: Annotated[dict[Id, PersonSpec], Field(min_length=1)]
    """The people by id; the id is what commands use."""
    teams: dict[Id, TeamSpec] = {}
    """The teams by id."""
    rotas: dict[Id, RotaSpec] = {}
    """Rotas by id: each stands for whoever is on call, wherever a person could stand."""
    duties: ResponsibilitiesSpec
    """Who is asked for what."""
    permissions: dict[PersonsMove, Names] = {}
    """The roles that may make a move; a move that is not listed is open to everybody."""
    sponsorship_deciders: Names = ()
    """The roles that may take an account into executive sponsorship, and let it go; none: everybody."""
    priorities: dict[Priority, PrioritySpec]
    """What each of the four priorities changes."""
    targets: Annotated[
        dict[TargetClock, TargetSpec],
        AfterValidator(_with_those_of_task_forces),
        Field(validate_default=True),
    ] = {}
    """How long each clock may run, for every priority that does not say otherwise. Unless it is said, the lead of a
    task force says every 4 h how it stands, and who is invited to one answers within 30 min."""
    remind_at: Percents = (50, 75, 90)
    """Percentages of a target at which whoever must act is reminded; 100 is the breach."""
    priority_from: dict[Degree, dict[Degree, Priority]]
    """The priority of a request that gives none: impact, then urgency."""
    tiers: dict[Id, TierSpec] = {}
    """What a customer's tier changes, by the tier's name in requests."""
    accounts: dict[Name, AccountSpec] = {}
    """What is particular to single customers, by account."""
    shared_outages: Names = ()
    """Tenants whose outages the subjects of every tenant may join, such as OPS: what is told there reaches them all.
    Left out: a subject joins outages of its own tenant alone."""
    skills: dict[Id, Name] = {}
    """Skills, and who has each: a person, a team or a role. Where `transfer --skill` goes."""
    pause_reasons: dict[PauseReason, PauseSpec] = {}
    """Why clocks may stand still, which of them do, and for how long at most."""
    rca: RcaSpec = RcaSpec()
    """What holds for root cause analyses."""
    survey: SurveySpec | None = SurveySpec()
    """How customers are asked how it was; none: they are not."""
    actions: ActionsSpec = ActionsSpec()
    """When owners hear of their actions."""
    approvals: ApprovalsSpec = ApprovalsSpec()
    """What texts for customers need before they leave."""
    holding_update: Annotated[Translations | None, WithJsonSchema(_TEXT_IN_AN_EDITOR)] = None
    """Sent by itself when a promised update is missed: one text for each language; left out: nothing is."""
    holding: HoldingSpec = HoldingSpec()
    """How many of these go out in a row, and how far apart."""
    chase_every: SpanText = parse_span("1 day")
    """How often a missed target is brought up again: at least 10 min; every hour counts, night and weekend too."""
    messages: MessagesSpec = MessagesSpec()
    """How people are told: how many messages at most, and when customers are left in peace."""
    issue_types: Annotated[dict[Id, IssueTypeSpec], Field(min_length=1)]
    """The matrix: issue type, category, levels."""

    _sha256: str = PrivateAttr(default="")
    _folder: FilePath | None = PrivateAttr(default=None)

    @property
    def sha256(self) -> str:
        """Of the file's bytes; of a file that extends another, of the digests of both."""
        return self._sha256

    @property
    def folder(self) -> FilePath | None:
        """Where its calendars of rotas lie; None: the playbook is in no folder."""
        return self._folder

    def read_from(self, folder: FilePath | None, sha256: str) -> "Playbook":
        self._folder, self._sha256 = folder, sha256
        return self

    @property
    def called(self) -> dict[str, str]:
        """The full names of people, teams and rotas, each with the id."""
        everybody: dict[str, PersonSpec | TeamSpec | RotaSpec] = {
            **self.rotas,
            **self.teams,
            **self.people,
        }
        return {named.name: id_ for id_, named in everybody.items()}

    def named(self, id_: str) -> PersonSpec | TeamSpec | RotaSpec:
        """The person, team or rota with this id, which there must be."""
        return self.people.get(id_) or self.teams.get(id_) or self.rotas[id_]

    def members_of(self, rota: str) -> tuple[str, ...]:
        """Everybody who can ever be on call there; a calendar can name everybody who can be told."""
        rules = self.rotas[rota]
        everybody = (id_ for id_, person in self.people.items() if person.addresses)
        found = [person for rotation in rules.rotations for person in rotation.people]
        found += [override.person for override in rules.overrides]
        found += (rules.calendar.people or everybody) if rules.calendar else ()
        return tuple(dict.fromkeys(found))

    def holders(self, role: str) -> tuple[str, ...]:
        return tuple(id_ for id_, person in self.people.items() if role in person.roles)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that somebody has, in the order of the people."""
        return tuple(dict.fromkeys(role for person in self.people.values() for role in person.roles))

    def ids_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """People, teams and rotas by name: an id stands for itself, a role for everybody who has it."""
        found: dict[str, None] = {}
        for name in names:
            is_id = name in self.people or name in self.teams or name in self.rotas
            found |= dict.fromkeys((name,) if is_id else self.holders(name))
        return tuple(found)
