"""
Which escalations a figure is drawn from: those of a period, each with the label that it counts for.
"""

from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, literal, select
from sqlalchemy import cast as as_type
from sqlalchemy.types import Text

from records.report import NOT_KNOWN, By, Period
from records.tables import CustomerRow, EscalationRow, HoldRow

WHOLE = "all"

_OWN: dict[By, Any] = {
    By.CATEGORY: EscalationRow.category,
    By.PRIORITY: EscalationRow.priority,
    By.REASON: EscalationRow.reason,
    By.LEVEL: as_type(EscalationRow.level, Text),
}
_OF_PARTS: dict[By, Any] = {By.CUSTOMER: CustomerRow.account, By.TEAM: HoldRow.team}
"""An escalation can have several, and counts once for each."""


def within(period: Period) -> list[ColumnElement[bool]]:
    """What the period asks of an escalation."""
    bounds: list[ColumnElement[bool]] = []
    if period.since:
        bounds.append(EscalationRow.opened_at >= period.since)
    if period.until:
        bounds.append(EscalationRow.opened_at < period.until)
    return bounds


def cases(period: Period, by: By | None) -> Subquery:
    """All columns of the escalations of *period*, and ``label``: what each counts for in *by*."""
    columns = EscalationRow.__table__.columns
    if by in _OF_PARTS:
        found = _OF_PARTS[by]
        of_each = select(found.class_.escalation, found.label("label")).where(found.is_not(None)).distinct()
        labels = of_each.subquery("labels")
        label = func.coalesce(labels.c.label, NOT_KNOWN)
        query = select(label.label("label"), *columns)
        query = query.outerjoin_from(EscalationRow, labels, labels.c.escalation == EscalationRow.id)
    else:
        own = func.coalesce(_OWN[by], NOT_KNOWN) if by else literal(WHOLE)
        query = select(own.label("label"), *columns)
    return query.where(*within(period)).subquery("cases")
