"""Digests of events, each of itself and the one before; what is on record already is chained as it is now."""

import sqlalchemy as sa
from alembic import op

from records.columns import Words
from records.digest_chain import chain_events

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AT_ONCE = 100


def upgrade() -> None:
    op.add_column("events", sa.Column("digest", Words(), nullable=True))
    op.create_table(
        "chain_heads",
        sa.Column("chain", Words(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("chain"),
    )
    db = op.get_bind()
    known = list(db.scalars(sa.text("SELECT DISTINCT escalation FROM events ORDER BY escalation")))
    for start in range(0, len(known), _AT_ONCE):
        chain_events(db, known[start : start + _AT_ONCE])
