"""
Ids: what each run of ours is called in Temporal, so that no two kinds can ever meet.

Three laws keep them apart; everything that is called by an id makes it here, or of a key.

1. The key of an escalation is ``TENANT/TICKET``: one slash, and no colon. It is typed by people and sent by systems.
2. What belongs to an escalation begins with its key and goes on with what no key can hold, ``@`` or a second slash:
   ``ACME/4711@2026-11-20T09:00:00.000Z``, ``ACME/4711/task-force/data-recovery``.
3. What the engine runs for itself is ``KIND:NAME``, such as ``inbox:elena``: a colon, and no slash before it. So a key
   cannot be such an id, whatever the tenant is called.
"""

import re
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from escalation.kernel.reasons import InvalidValue, reason

_TASK_FORCE = "/task-force/"
_KEY_FORM = r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.#-]*"
_KEY = re.compile(_KEY_FORM)
_ESCALATION = re.compile(rf"{_KEY_FORM}@[\w:.+-]+")


_CASE = re.compile(rf"{_KEY_FORM}(?=$|[@/])")


RUN_OF_PAYLOAD = "run"
"""The name in a payload's metadata of the id of the run that it is for, where Temporal's SDK does not say it."""


class Own(StrEnum):
    """Kinds of runs that the engine has for itself."""

    INBOX = "inbox"
    CHANNEL_LIMIT = "channel-limit"
    SPONSORSHIP = "sponsorship"
    REPORT = "report"
    INTAKE = "intake"


_OF_ONE_PARTY = (Own.SPONSORSHIP, Own.INBOX, Own.INTAKE)


def own_id(kind: Own, name: str) -> str:
    """Return the id of what the engine runs for itself: ``inbox:elena``."""
    return f"{kind}:{name}"


def name_in(kind: Own, id_: str) -> str:
    """Return the name in an id of *kind*; empty, if it is no such id."""
    return id_.removeprefix(f"{kind}:") if id_.startswith(f"{kind}:") else ""


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def is_of_escalation(text: str) -> bool:
    """Return whether *text* can name an escalation: by its key, or by its id."""
    return is_key(text) or _ESCALATION.fullmatch(text) is not None


def key_of(id_: str) -> str:
    """Return the key of an escalation's id: ``ACME/4711`` of ``ACME/4711@2026-11-16T09:00:00Z``."""
    return id_.partition("@")[0]


def data_scope_of(id_: str) -> str:
    """
    Return whose data a run of this id has: the key of a case for all that belongs to it, such as its task forces and
    follow-ups; for a sponsorship, an inbox or an intake its own id. Empty for all other runs, which know no case.
    """
    if case := _CASE.match(id_):
        return case[0]
    return id_ if any(name_in(kind, id_) for kind in _OF_ONE_PARTY) else ""


def tenant_of(key: str) -> str:
    """Return ``ACME`` of ``ACME/4711``, and of its ids."""
    return key.partition("/")[0]


class ContactId(NamedTuple):
    """The id of a customer's contact, ``ACCOUNT:EMAIL``, in its parts."""

    account: str
    email: str

    @classmethod
    def read(cls, id_: str) -> "ContactId":
        account, _, email = id_.rpartition(":")
        return cls(account, email)


class RunId(NamedTuple):
    """The id of an escalation or of one of its task forces, in its parts: ``KEY@RUN``, ``KEY@RUN/TASK-FORCE``."""

    key: str
    task_force: str

    @classmethod
    def read(cls, id_: str) -> "RunId":
        key, _, run = id_.rpartition("@")
        return cls(key, run.partition("/")[2] if key else "")


def _require_key(text: str) -> str:
    if not is_key(text):
        raise InvalidValue(reason("allowed.key"))
    return text


def _require_reference(text: str) -> str:
    if not is_of_escalation(text):
        raise InvalidValue(reason("allowed.reference"))
    return text


Key = Annotated[str, Field(max_length=200), AfterValidator(_require_key)]
"""The subject of an escalation, tenant-qualified: ``TENANT/TICKET`` (START-4)."""
EscalationReference = Annotated[str, Field(max_length=300), AfterValidator(_require_reference)]
"""An escalation by its key, or one of that key for all time by its id."""


def task_force_id(key: str, name: str) -> str:
    """Return the workflow id of a task force: ``ACME/4711/task-force/data-recovery``."""
    return f"{key}{_TASK_FORCE}{name}"


def split_task_force_id(id_: str) -> tuple[str, str]:
    """Return the key of its escalation and the name of a task force; no name, if *id_* is no task force's."""
    key, _, name = id_.partition(_TASK_FORCE)
    return key, name
