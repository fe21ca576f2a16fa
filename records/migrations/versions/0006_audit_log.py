"""The audit log: who signed in, who was refused, which keys were made and revoked, what was given out."""

import sqlalchemy as sa
from alembic import op

from records.columns import Instant, Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("door", Words(), nullable=False),
        sa.Column("about", Words(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("address", Words(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
