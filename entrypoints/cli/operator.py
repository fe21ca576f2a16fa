"""The operator: whoever types a command on a machine that reaches the database itself, for the audit log."""

import getpass
import os

from identity.audit_trail import AuditTrail
from records.audit_log import COMMAND_LINE, AuditEntry, AuditKind
from records.store import RecordStore


def operator() -> str:
    """Return the user of this machine, by name; in a container without one, by number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def keep_export(store: RecordStore, about: str) -> None:
    """
    Put on record that *about* is given out, before it is.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    keep_act(store, AuditKind.EXPORTED, about)


def keep_act(store: RecordStore, kind: AuditKind, about: str) -> None:
    """
    Put on record what the operator does, before it is done.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    AuditTrail(store).keep(AuditEntry(kind, by=operator(), door=COMMAND_LINE, about=about))
