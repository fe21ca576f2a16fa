"""
Visibility: the query for many escalations at once, and one line of the answer, from search attributes.

It must not ask.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from temporalio.client import WorkflowExecution
from temporalio.common import TypedSearchAttributes

from clients.memo_texts import MemoTexts
from clients.stored_names import PlainNames, StoredNames, reveal_all
from encryption.errors import EncryptionFault
from escalation import contract
from escalation.case.lifecycle import OPEN, State
from escalation.contract import CHANNEL_LIMIT
from escalation.kernel.values import Instant, frozen
from escalation.policy.classification import Priority
from escalation.policy.sight import Concerned
from runtime.stalls import REPORTED_PROBLEMS
from workflows import search_attributes as sa


@frozen
class EscalationListing:
    """One line of a list, from search attributes and the memo: no worker is asked."""

    key: str
    state: State
    level: int
    priority: Priority
    category: str
    customers: tuple[str, ...]
    owner: str
    next_due_at: datetime | None
    is_breached: bool
    opened_at: datetime
    undelivered: int = 0
    """The number of people who have missed something that could not be delivered."""
    is_stalled: bool = False
    """Workers fail its next step again and again; `escalate doctor` says what fixes it."""
    subject: str = ""
    """The subject, in the words of its start."""
    unreadable: str = ""
    """Reason for which the subject cannot be read: the key that this process lacks. Empty: it can."""
    ended_at: Instant | None = None
    """The instant at which it had ended, and its last messages were out; None: it goes on."""
    next_due_of: str = ""
    """The clock that is due next, or `finish_action`; empty: nothing is."""
    people: tuple[str, ...] = ()
    """Ids of our people, teams and rotas who have, or had, a part in it, or are asked for a move now."""

    @property
    def has_ended(self) -> bool:
        return self.state not in OPEN

    @property
    def concerned(self) -> Concerned:
        """Everybody whom it concerns, by which it is decided who may look at it."""
        return Concerned.of(self.people, self.customers)


class FoundByWords(NamedTuple):
    """A line of a list, with what else a search by words goes by."""

    line: EscalationListing
    words: str
    """All that is linked to it, and the beginning of its description."""


RECORDED = (contract.WORKFLOW, contract.FOLLOW_UP)
"""The types of workflows that keep a record: an escalation, and what goes on of a closed one under its id."""
OURS = (
    contract.WORKFLOW,
    contract.FOLLOW_UP,
    contract.JOINED_CASE_WORKFLOW,
    contract.TASK_FORCE_WORKFLOW,
    contract.SPONSORSHIP,
    contract.INBOX,
    contract.INTAKE,
    CHANNEL_LIMIT,
    contract.RECORD_WORKFLOW,
    contract.REPORT_WORKFLOW,
)
"""The types of workflows that are ours."""
_PLAIN = PlainNames()


def visibility_query(
    filters: Mapping[Any, Any],
    *,
    ended: bool,
    types: Iterable[str] = (contract.WORKFLOW,),
    names: StoredNames = _PLAIN,
) -> str:
    """A visibility query for runs of these *types*; values are quoted, so that none can change its sense."""
    wanted = [f"WorkflowType IN {list_of(types)}", f"{sa.STATE.name} IS NOT NULL"]
    wanted.append("ExecutionStatus != 'ContinuedAsNew'" if ended else "ExecutionStatus = 'Running'")
    for attribute, value in filters.items():
        if value is not None and attribute in sa.HIDDEN:
            wanted.append(f"{attribute.name} IN {list_of(names.forms_of(value))}")
        elif value is not None:
            wanted.append(f"{attribute.name} = {quote(value)}")
    return " AND ".join(wanted)


class EscalationFilter(NamedTuple):
    """A choice of escalations by what they have in common; None: anything."""

    state: State | None = None
    priority: Priority | None = None
    level: int | None = None
    category: str | None = None
    customer: str | None = None
    owner: str | None = None
    waits_for: str | None = None
    """Somebody who is wanted: the next step is theirs. What they owe a closed one counts, too."""
    breached: bool | None = None
    ended: bool = False
    """List those that have ended, too; a state of ended ones asks for them by itself."""

    def query(self, names: StoredNames) -> str:
        """Return the visibility query, for *names* as they are stored."""
        return visibility_query(
            {
                sa.STATE: self.state,
                sa.PRIORITY: self.priority,
                sa.LEVEL: self.level,
                sa.CATEGORY: self.category,
                sa.CUSTOMER: self.customer,
                sa.OWNER: self.owner,
                sa.WAITS_FOR: self.waits_for,
                sa.BREACHED: self.breached,
            },
            ended=self._asks_for_ended,
            types=RECORDED if self.waits_for else (contract.WORKFLOW,),
            names=names,
        )

    @property
    def _asks_for_ended(self) -> bool:
        """A closed one that somebody is wanted for goes on in its follow-up: nobody is, of a run that has ended."""
        return self.waits_for is None and (self.ended or self.state not in {None, *OPEN})


class ListingPage(NamedTuple):
    """A part of a list of escalations, newest first."""

    items: tuple[EscalationListing, ...]
    next: bytes
    """The place where the list goes on; empty, if it is all."""


def quote(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def list_of(values: Iterable[Any]) -> str:
    """Return *values* as a query has a list of them."""
    return f"({', '.join(map(quote, values))})"


def people_in(found: TypedSearchAttributes, names: StoredNames) -> tuple[str, ...]:
    """Return who of ours has a part, as the server's lists know it."""
    stored = (*(found.get(sa.PARTICIPANTS) or ()), *(found.get(sa.WAITS_FOR) or ()))
    return tuple(dict.fromkeys(reveal_all(names, stored)))


def accounts_in(found: TypedSearchAttributes, names: StoredNames) -> tuple[str, ...]:
    """Return the accounts of its customers, as the server's lists know them."""
    return reveal_all(names, found.get(sa.CUSTOMER))


async def make_listing(
    execution: WorkflowExecution, names: StoredNames, texts: MemoTexts
) -> EscalationListing:
    found = execution.typed_search_attributes
    subject = unreadable = ""
    try:
        subject = await texts.read(execution, contract.SUBJECT_MEMO)
    except EncryptionFault as fault:
        unreadable = str(fault)
    return EscalationListing(
        key=execution.id,
        state=State(found[sa.STATE]),
        level=found[sa.LEVEL],
        priority=Priority(found[sa.PRIORITY]),
        category=found[sa.CATEGORY],
        customers=accounts_in(found, names),
        owner=names.reveal(found[sa.OWNER]),
        next_due_at=found.get(sa.NEXT_DUE),
        next_due_of=found.get(sa.NEXT_DUE_OF) or "",
        is_breached=bool(found.get(sa.BREACHED)),
        opened_at=execution.start_time.astimezone(UTC),
        undelivered=found.get(sa.UNDELIVERED) or 0,
        is_stalled=bool(found.get(REPORTED_PROBLEMS)),
        subject=subject,
        unreadable=unreadable,
        ended_at=execution.close_time.astimezone(UTC) if execution.close_time else None,
        people=people_in(found, names),
    )
