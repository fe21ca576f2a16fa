"""Erasures: which escalations lost their texts, when and by whom, and the digests of what is left of their events."""

import sqlalchemy as sa
from alembic import op

from records.columns import Instant, Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("erased_digest", Words(), nullable=True))
    op.create_table(
        "erasures",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("escalation", Words(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_erasures_escalation", "erasures", ["escalation"])
