"""
Papers of RCAs: which version is meant, and the paper that is made of it.

Leaves how that looks to `documents`.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from documents.rca_paper import Paper, PaperContext, customer_paper, internal_paper
from escalation.case.lifecycle import RcaState
from escalation.case.rca_content import InternalRca
from escalation.case.rca_on_file import RcaOnFile, RcaVersion
from escalation.case.view import View
from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from escalation.kernel.values import CustomerText
from escalation.policy.people import Contact

_APPROVED = (RcaState.APPROVED, RcaState.SHARED)


class Audience(StrEnum):
    """Readers of an RCA."""

    CUSTOMER = "customer"
    INTERNAL = "internal"


def find_rca(key: str, on_file: RcaOnFile, wanted: int | None) -> tuple[RcaVersion, InternalRca]:
    """
    Raises:
        EscalationError: If that version is not on file.
    """
    if on_file.version and on_file.rca:
        return on_file.version, on_file.rca
    if wanted is None:
        raise MoveNotAllowed(f"{key}: no internal RCA is filed; write one with `escalate rca draft {key}`")
    known = (str(version.number) for version in on_file.versions)
    raise UnknownName.of(f"{key}: no internal RCA of version", str(wanted), known)


def make_paper(
    key: str,
    audience: Audience,
    language: str,
    zone: ZoneInfo,
    version: int | None,
    view: View,
    on_file: RcaOnFile,
    people: Iterable[Contact],
) -> Paper:
    """
    Raises:
        EscalationError: If there is no such RCA yet.
    """
    about = PaperContext(key, CustomerText(view.subject), view.priority, datetime.now(UTC), language, zone)
    if audience is Audience.CUSTOMER:
        return _for_customers(about, view)
    names = {person.id: person.name for person in people}
    return _for_us(about, view, find_rca(key, on_file, version), lambda person: names.get(person, person))


def _for_customers(about: PaperContext, view: View) -> Paper:
    if view.customer_rca is None:
        raise MoveNotAllowed(f"{about.reference}: no customer RCA is derived yet")
    return customer_paper(about, view.customer_rca, is_approved=view.rca in _APPROVED)


def _for_us(
    about: PaperContext, view: View, found: tuple[RcaVersion, InternalRca], name_of: Callable[[str], str]
) -> Paper:
    version, rca = found
    return internal_paper(
        about, rca, version, customers=view.customers, opened_at=view.opened_at, name_of=name_of
    )
