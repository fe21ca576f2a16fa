"""The resolution of a case, and the answer of each customer to it (RESOLVE-4, RESOLVE-6)."""

from enum import StrEnum

from escalation.kernel.attestation import Attestation
from escalation.kernel.values import CustomerText, Instant, InternalText, frozen


class AccessAnswer(Attestation):
    YES = "yes"
    NO = "no"
    WAIVED = "waived"


class ResolutionKind(StrEnum):
    FIX = "fix"
    WORKAROUND = "workaround"


@frozen
class Resolution:
    kind: ResolutionKind
    done: InternalText
    customer_text: CustomerText | None
    declared_at: Instant
    declared_by: str
    verified_by: str | None = None


@frozen
class Access:
    answer: AccessAnswer
    by: str
    at: Instant
