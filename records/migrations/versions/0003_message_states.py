"""Message states: what became of each message; empty where only `escalate records rebuild` can tell."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_receipts = sa.table("receipts", sa.column("state"), sa.column("delivered_at"))


def upgrade() -> None:
    op.add_column("receipts", sa.Column("state", sa.Text(), nullable=False, server_default=""))
    told = _receipts.c.delivered_at.is_not(None)
    op.execute(sa.update(_receipts).where(told).values(state="delivered"))
