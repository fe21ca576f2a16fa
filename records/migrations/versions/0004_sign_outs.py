"""Sessions that somebody ended before their time."""

import sqlalchemy as sa
from alembic import op

from records.columns import Instant, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_outs",
        sa.Column("session", Words(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("session"),
    )
