"""The first tables: every event, and what each escalation comes to."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from records.columns import Instant, Span, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("playbooks", _key("sha256", Words()), _words("name"), _words("version"), _pk("sha256"))
    op.create_table(
        "events",
        _key("escalation", Words()),
        _key("seq", sa.Integer()),
        _instant("at"),
        _words("by"),
        _words("kind"),
        _words("body"),
        _words("playbook", nullable=True),
        _to_playbook(),
        _pk("escalation", "seq"),
    )
    op.create_table(
        "escalations",
        _key("id", Words()),
        _words("key"),
        _words("tenant"),
        _words("source"),
        _words("playbook", nullable=True),
        _words("subject", nullable=True),
        _words("issue_type", nullable=True),
        _words("category"),
        _words("reason", nullable=True),
        _words("channel", nullable=True),
        _words("priority"),
        _words("state"),
        _instant("opened_at"),
        sa.Column("opened_on", sa.Date(), nullable=False),
        _instant("ended_at", nullable=True),
        _instant("recorded_until"),
        _words("predecessor", nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        _span("lived_for"),
        _span("acknowledged_after", nullable=True),
        _span("first_notification_after", nullable=True),
        _span("resolved_after", nullable=True),
        _span("paused_for"),
        _number("hand_overs"),
        _number("ping_pong"),
        _number("reopened"),
        _number("breaches"),
        _number("refused"),
        sa.Column("questions", sa.Integer(), nullable=True),
        _span("answers_awaited", nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("resolved_first", sa.Boolean(), nullable=True),
        sa.Column("promises", sa.JSON(), nullable=False),
        _to_playbook(),
        _pk("id"),
    )
    op.create_index(op.f("ix_escalations_key"), "escalations", ["key"])
    op.create_index(op.f("ix_escalations_opened_at"), "escalations", ["opened_at"])
    _parts()


def _parts() -> None:
    _part("customers", _words("account"), _words("tier"))
    _part(
        "ownerships",
        sa.Column("level", sa.Integer(), nullable=True),
        _words("team", nullable=True),
        _words("person", nullable=True),
        _instant("since_at"),
        _instant("until_at"),
        _span("lasted"),
    )
    _part(
        "clocks",
        _words("name"),
        _instant("started_at"),
        _instant("due_at", nullable=True),
        _instant("ended_at", nullable=True),
        _words("outcome", nullable=True),
        _span("late_by", nullable=True),
    )
    _part("pauses", _words("because"), _instant("since_at"), _instant("until_at"), _span("lasted"))
    _part(
        "delivery_results",
        _words("key"),
        _words("recipient"),
        _words("occasion"),
        _words("channel"),
        _instant("delivered_at", nullable=True),
        _words("why"),
        _words("state"),
    )
    _part(
        "answers", _words("account"), _words("contact"), _instant("at"), _number("score"), _words("comment")
    )
    _part("causes", _words("cause"), _words("same"))
    _part(
        "actions",
        _words("what"),
        _words("owner"),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
    )


def _part(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        _key("escalation", Words()),
        _key("n", sa.Integer()),
        *columns,
        sa.ForeignKeyConstraint(
            ["escalation"], ["escalations.id"], name=op.f(f"fk_{name}_escalation"), ondelete="CASCADE"
        ),
        _pk("escalation", "n"),
        sqlite_with_rowid=False,
    )


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _words(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Words(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Instant(), nullable=nullable)


def _span(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Span(), nullable=nullable)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _pk(*columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns)


def _to_playbook() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["playbook"], ["playbooks.sha256"])
