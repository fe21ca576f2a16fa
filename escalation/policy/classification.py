"""Classification of a case: priority, urgency, impact, reason, kind of evidence, and cause of a cancellation."""

from enum import StrEnum


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class EscalationReason(StrEnum):
    """Reasons for which an escalation starts or is raised."""

    DISSATISFIED_CUSTOMER = "dissatisfied_customer"
    SLA_BREACH = "sla_breach"
    LACK_OF_EXPERTISE = "lack_of_expertise"
    SUPERVISOR_REQUESTED = "supervisor_requested"
    VOLUME_SPIKE = "volume_spike"
    LONG_WAIT = "long_wait"
    BLOCKED_DEPENDENCY = "blocked_dependency"
    LACK_OF_AUTHORITY = "lack_of_authority"
    REPEATED_DELAY = "repeated_delay"
    BUDGET_OVERRUN = "budget_overrun"
    NO_RESPONSE = "no_response"
    EXECUTIVE_THREAT = "executive_threat"
    OTHER = "other"


class Degree(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class EvidenceKind(StrEnum):
    EMAIL = "email"
    CALL = "call"
    MISSED_DEADLINE = "missed_deadline"
    REPORT = "report"
    COMPLAINT = "complaint"
    ATTEMPT = "attempt"
    """Something that was tried; with its outcome."""


class AttemptOutcome(StrEnum):
    """The outcome of an attempt."""

    FAILED = "failed"
    HELPED = "helped"
    """Better, and not solved."""
    SOLVED = "solved"


class CancelCause(StrEnum):
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    MERGED = "merged"
