"""
Refusals of the web service, for the audit log: whoever is not believed, or asks for what is not theirs (IDENTITY-5).

Owns which refusals those are: a move that is not allowed *now* is none, nor is a page that sends somebody to sign in.
Must not know how a refusal is answered.
"""

from typing import Any

from starlette.requests import Request

from client import is_hidden
from entrypoints.web.caller_address import address_of
from escalation.kernel.reasons import Reason
from escalation.kernel.refusals import NotProven, RoleNotAllowed, UnknownEscalation
from identity.audit_trail import AuditTrail
from identity.caller import NotIdentified, ProviderAway
from records.audit_log import AuditEntry, AuditKind

_NOBODY = frozenset({"sign_in.needed", "http.not_named"})
"""Reasons for which somebody who has shown nothing yet is asked who they are."""
HIDDEN = "may not be looked at"


def note_refusal(trail: AuditTrail, request: Request, error: Exception, door: str) -> None:
    """Have *error* written to the audit log, if it belongs there."""
    if kind := _kind_of(error):
        why = HIDDEN if isinstance(error, UnknownEscalation) else str(error)
        trail.note(entry_of(request, kind, door, why=why))


def entry_of(request: Request, kind: AuditKind, door: str, *, by: str = "", why: str = "") -> AuditEntry:
    """Return an entry about *request*: whoever is known to ask, unless *by* says it, what for, and from where."""
    caller: Any = getattr(request.state, "caller", None)
    key = f" by the API key {caller.key_id}" if caller and caller.key_id else ""
    return AuditEntry(
        kind,
        by=by or (caller.person or "" if caller else ""),
        door=door,
        about=f"{request.method} {request.url.path}{key}",
        why=why,
        address=address_of(request),
    )


def _kind_of(error: Exception) -> AuditKind | None:
    match error:
        case ProviderAway():
            return None
        case NotIdentified():
            is_nobody = isinstance(error.why, Reason) and error.why.code in _NOBODY
            return None if is_nobody else AuditKind.NOT_IDENTIFIED
        case NotProven():
            return AuditKind.NOT_PROVEN
        case RoleNotAllowed():
            return AuditKind.NOT_ALLOWED
        case UnknownEscalation() if is_hidden(error):
            return AuditKind.NOT_ALLOWED
        case _:
            return None
