"""Form of levels in a playbook file, and of the three scopes that can each say something about them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from escalation.kernel.values import Name
from escalation.policy.classification import EscalationReason
from escalation.policy.plan import Unreached
from planning.playbook.value_types import Id, LevelNumber, Phrase, Phrases, SpanText, WindowText
from planning.spec import CalendarName, ContactName, ContactNames, ShortSpec, Spec


class TriggerSpec(ShortSpec):
    """A fact that raises the level at once: its words alone, or ``{says: …, to_level: 5}``."""

    short_field = "says"

    says: Phrase
    """The fact, in words."""
    to_level: int | None = None
    """The level to raise to. If omitted, the next one."""
    reason: EscalationReason = EscalationReason.OTHER
    """The reason that messages give. An executive threat goes to the executive level."""


class AskOrder(StrEnum):
    """Order in which the contacts of a level are asked."""

    IN_TURN = "in_turn"
    AT_ONCE = "at_once"


class AcknowledgedBy(StrEnum):
    """The contacts whose acknowledgement a level needs."""

    FIRST = "first"
    ALL = "all"


class LevelSpec(Spec):
    """A level, as one scope describes it; a field that is omitted is inherited."""

    name: Name | None = None
    """Name of the level: those who answer there."""
    contacts: ContactNames = ()
    """Owners: people, teams, rotas or roles, tried in this order."""
    window: WindowText = None
    """Time at this level: a reminder comes at the minimum, the next level at the maximum. The last level has: until
    resolution."""
    responses: Phrases = ()
    """The checklist of its owner."""
    triggers: dict[Id, TriggerSpec] = {}
    """Facts that raise the level at once: an id for commands, and the words."""
    managers: ContactNames = ()
    """Notified of each breach at this level."""
    unreached: Unreached = Unreached.STAY
    """Action when nobody acknowledges: stay and keep asking, skip to the next level, or ask the fallback."""
    fallback: ContactName = None
    """The person, team or rota that is asked then."""
    ask: AskOrder | None = None
    """Ask the contacts one after the other, or all at once. If omitted, all at once where all must acknowledge."""
    acknowledge: AcknowledgedBy = AcknowledgedBy.FIRST
    """One contact who acknowledges is enough (first), or all of them must (all)."""
    ack_within: SpanText | None = None
    """Time to acknowledge. If omitted, as the priority says."""
    ack_expires: SpanText | None = None
    """Time without activity after which an acknowledgement is void. If omitted, it stays valid."""
    calendar: CalendarName = None
    """The calendar of its own clocks. If omitted, as the priority says."""

    @property
    def asks_all(self) -> bool:
        """True if all contacts are asked at once."""
        return self.ask is AskOrder.AT_ONCE or self.acknowledge is AcknowledgedBy.ALL


class ScopeSpec(Spec):
    """Levels, as the playbook, an issue type and a category can each describe them; the nearer one wins."""

    entry_level: LevelNumber | None = None
    """The level at which its escalations begin, or higher if the priority says so. If omitted everywhere, 1."""
    executive_level: LevelNumber | None = None
    """The level to which an executive threat raises at once. If omitted everywhere, the last one."""
    each_level: LevelSpec = LevelSpec()
    """Fields of every level that does not say otherwise."""
    levels: dict[LevelNumber, LevelSpec] = {}
    """The levels by number, from 1 up without a gap. The last one stays until resolution."""


class CategorySpec(ScopeSpec):
    """A kind of case; says only what differs from its issue type."""

    name: Name
    """The name that tables and messages show."""


class IssueTypeSpec(ScopeSpec):
    """A group of categories that share their levels."""

    name: Name
    """The name that tables and messages show."""
    categories: Annotated[dict[Id, CategorySpec], Field(min_length=1)]
    """The categories by id. Requests and commands use the id."""
