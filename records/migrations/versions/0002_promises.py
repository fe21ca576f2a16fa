"""Promises: of each escalation, how many runs of each clock were met, and how many were late."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_escalations = sa.table("escalations", sa.column("id"), sa.column("promises", sa.JSON()))
_clocks = sa.table("clocks", sa.column("escalation"), sa.column("name"), sa.column("outcome"))


def upgrade() -> None:
    op.add_column("escalations", sa.Column("promises", sa.JSON(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    rows = [
        {"which": each, "runs": dict(sorted(runs.items()))} for each, runs in _counted(connection).items()
    ]
    if rows:
        fill = sa.update(_escalations).where(_escalations.c.id == sa.bindparam("which"))
        connection.execute(fill.values(promises=sa.bindparam("runs", type_=sa.JSON())), rows)


def _counted(connection: sa.Connection) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    judged = _clocks.c.outcome.in_(("met", "breached"))
    for escalation, name, outcome in connection.execute(sa.select(*_clocks.c).where(judged)):
        counted = found[escalation][name]
        counted[outcome == "breached"] += 1
    return found
