"""Participants of escalations, who may look at them; of what is on record already, its owners are."""

import sqlalchemy as sa
from alembic import op

from records.columns import Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "participants",
        sa.Column("escalation", Words(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("who", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation"],
            ["escalations.id"],
            name=op.f("fk_participants_escalation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("escalation", "n", name=op.f("pk_participants")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO participants (escalation, n, who) "
        "SELECT escalation, 2 * n, team FROM ownerships WHERE team IS NOT NULL "
        "UNION ALL SELECT escalation, 2 * n + 1, person FROM ownerships WHERE person IS NOT NULL"
    )
