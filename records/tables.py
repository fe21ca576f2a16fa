"""
The tables: every event as it was, and beside them what each escalation comes to, so that reports need not fold.

``events`` is the record; ``chain_heads`` has the ends of its digest chains. ``api_keys``, ``sign_outs`` and
``audit_log`` stand for themselves. All other tables can be made from the events again. Ends of spans, counts and causes
are worked out in ``escalation/measures/fold.py``; nothing is worked out here.

What people wrote, and addresses, are in secret columns. Ids of people and accounts are not: by them it is decided who
may look (ADR 40).
"""

from datetime import date, datetime, timedelta

from sqlalchemy import JSON, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from records.columns import Instant, SecretTerm, SecretWords, Span, Words


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, timedelta: Span, str: Words}


class PlaybookRow(Base):
    __tablename__ = "playbooks"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[str]


class EventRow(Base):
    """One thing that happened, exactly once, whatever the retries: its place in its escalation is the key."""

    __tablename__ = "events"

    escalation: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(SecretWords)
    kind: Mapped[str]
    body: Mapped[str] = mapped_column(SecretWords)
    """The event as JSON; of an import, what a line of its log says."""
    playbook: Mapped[str | None] = mapped_column(ForeignKey("playbooks.sha256"))
    digest: Mapped[str | None]
    """Of this event and the digest before it (``digest_chain.py``); none while an event before it is missing."""
    erased_digest: Mapped[str | None]
    """Of what is left of an event that was erased, and of its first digest (``erasure.py``); none: all is there."""


class ChainHeadRow(Base):
    """The end of a digest chain (IDENTITY-5), apart from its entries, so that the last ones cannot just be cut off."""

    __tablename__ = "chain_heads"

    chain: Mapped[str] = mapped_column(primary_key=True)
    """Id of the escalation, or the name of the audit log."""
    length: Mapped[int]
    digest: Mapped[str]


class AuditRow(Base):
    """One thing that somebody has to answer for, and that is no event of an escalation (IDENTITY-5)."""

    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str]
    door: Mapped[str]
    about: Mapped[str]
    why: Mapped[str]
    address: Mapped[str]
    times: Mapped[int]
    digest: Mapped[str]


class ErasureRow(Base):
    """An escalation that was erased, or of which something was."""

    __tablename__ = "erasures"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The number of its entry in the audit log."""
    escalation: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str]
    is_whole: Mapped[bool]


class EscalationRow(Base):
    __tablename__ = "escalations"

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    tenant: Mapped[str]
    source: Mapped[str]
    playbook: Mapped[str | None] = mapped_column(ForeignKey("playbooks.sha256"))
    subject: Mapped[str | None] = mapped_column(SecretWords)
    issue_type: Mapped[str | None]
    category: Mapped[str]
    reason: Mapped[str | None]
    channel: Mapped[str | None]
    priority: Mapped[str]
    state: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    opened_on: Mapped[date]
    """The day of it in UTC."""
    ended_at: Mapped[datetime | None]
    recorded_until: Mapped[datetime]
    predecessor: Mapped[str | None]
    level: Mapped[int | None]
    lived_for: Mapped[timedelta]
    acknowledged_after: Mapped[timedelta | None]
    first_notification_after: Mapped[timedelta | None]
    resolved_after: Mapped[timedelta | None]
    paused_for: Mapped[timedelta]
    hand_overs: Mapped[int]
    ping_pong: Mapped[int]
    reopened: Mapped[int]
    breaches: Mapped[int]
    refused: Mapped[int]
    questions: Mapped[int | None]
    answers_awaited: Mapped[timedelta | None]
    attempts: Mapped[int | None]
    resolved_first: Mapped[bool | None]
    promises: Mapped[dict[str, list[int]]] = mapped_column(JSON)
    """Clock to how many of its runs were met, and how many were late: to count them in ``clocks`` takes long."""


class ApiKeyRow(Base):
    """A key by which a machine calls the HTTP API (IDENTITY-2). No row says the key itself."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    digest: Mapped[str]
    person: Mapped[str]
    moves: Mapped[list[str]] = mapped_column(JSON)
    accounts: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignOutRow(Base):
    """A session that somebody ended before its time (IDENTITY-2)."""

    __tablename__ = "sign_outs"

    session: Mapped[str] = mapped_column(primary_key=True)
    """Id of the session, which is in its cookie."""
    until_at: Mapped[datetime]
    """Time at which it ends by itself."""


class PartBase(Base):
    """A part of an escalation: it comes and goes with it."""

    __abstract__ = True
    __table_args__ = {"sqlite_with_rowid": False}  # its rows lie together in the file

    escalation: Mapped[str] = mapped_column(
        ForeignKey("escalations.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)


class CustomerRow(PartBase):
    __tablename__ = "customers"

    account: Mapped[str]
    tier: Mapped[str]


class ParticipantRow(PartBase):
    """Somebody of ours who has, or had, a part in the escalation, so may look at it (IDENTITY-4)."""

    __tablename__ = "participants"

    who: Mapped[str]
    """Id of a person, a team or a rota."""


class OwnershipRow(PartBase):
    """A time in which one level, team and person owned the escalation (RESOLVE-7)."""

    __tablename__ = "ownerships"

    level: Mapped[int | None]
    team: Mapped[str | None]
    person: Mapped[str | None]
    since_at: Mapped[datetime]
    until_at: Mapped[datetime]
    lasted: Mapped[timedelta]


class ClockRow(PartBase):
    __tablename__ = "clocks"

    name: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    late_by: Mapped[timedelta | None]


class PauseRow(PartBase):
    __tablename__ = "pauses"

    because: Mapped[str]
    since_at: Mapped[datetime]
    until_at: Mapped[datetime]
    lasted: Mapped[timedelta]


class DeliveryResultRow(PartBase):
    """The result of one message to one recipient (COMM-12)."""

    __tablename__ = "delivery_results"

    key: Mapped[str] = mapped_column(SecretWords)
    recipient: Mapped[str] = mapped_column(SecretWords)
    occasion: Mapped[str]
    channel: Mapped[str]
    delivered_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(SecretWords)
    state: Mapped[str]
    """The state of the message: deferred, failed, dropped, printed, delivered."""


class AnswerRow(PartBase):
    """A customer's answer to the survey (CLOSE-6)."""

    __tablename__ = "answers"

    account: Mapped[str]
    contact: Mapped[str] = mapped_column(SecretWords)
    at: Mapped[datetime]
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(SecretWords)


class CauseRow(PartBase):
    __tablename__ = "causes"

    cause: Mapped[str] = mapped_column(SecretWords)
    same: Mapped[str] = mapped_column(SecretTerm)
    """The form of the cause that all with the same meaning share."""


class ActionRow(PartBase):
    """An action of the RCA or the post-mortem (CLOSE-3, CLOSE-7)."""

    __tablename__ = "actions"

    what: Mapped[str] = mapped_column(SecretWords)
    owner: Mapped[str]
    due: Mapped[date]
    done_on: Mapped[date | None]


PARTS: tuple[type[PartBase], ...] = (
    CustomerRow,
    ParticipantRow,
    OwnershipRow,
    ClockRow,
    PauseRow,
    DeliveryResultRow,
    AnswerRow,
    CauseRow,
    ActionRow,
)
