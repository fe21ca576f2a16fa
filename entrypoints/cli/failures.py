"""Failures of a command: each shown in one clear message, and the exit status that says what kind it is."""

import json
import os
import sys
import traceback
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from typer.exceptions import Abort, TyperException

from encryption.errors import EncryptionFault, WrongKeys
from entrypoints.cli.command_names import name_commands
from entrypoints.exit_status import BAD_INPUT, BUG, INTERRUPTED, NO_SERVER, REFUSED
from entrypoints.reason_text import say
from entrypoints.terminal import err, write
from escalation.kernel.refusals import BadRequest, EscalationError, UnknownName
from escalation.kernel.values import to_plain
from records.errors import RecordStoreFault, WrongUrl
from runtime.errors import RuntimeFault, SettingsFault


class Failure(NamedTuple):
    """A failure as it is shown: exit status, code, message, faults."""

    status: int
    code: str
    message: str
    refusal: Mapping[str, Any] = MappingProxyType({})
    """Parts of a refusal, for scripts."""


def report_failure(error: BaseException, *, in_json: bool) -> int:
    """Show what went wrong, and return the exit status."""
    failure = _failure_of(error)
    if in_json:
        shown = {"faults": [], **failure.refusal, "error": failure.code, "message": failure.message}
        write(json.dumps(shown) + "\n", sys.stderr)
    else:
        err.print(failure.message, markup=False, style="red")
    return failure.status


def _failure_of(error: BaseException) -> Failure:
    match error:
        case Abort() | KeyboardInterrupt():
            return Failure(INTERRUPTED, "interrupted", "interrupted")
        case TyperException():
            command = getattr(getattr(error, "ctx", None), "command_path", "escalate")
            said = getattr(error, "format_message", error.__str__)()
            return Failure(BAD_INPUT, "usage", f"{said.rstrip('.')}; see `{command} --help`")
        case EscalationError():
            status = BAD_INPUT if isinstance(error, BadRequest | UnknownName) else REFUSED
            said = say(name_commands(error.refusal).reason)
            return Failure(status, error.code, said, to_plain(error.refusal))
        case EncryptionFault():
            status = BAD_INPUT if isinstance(error, WrongKeys) else REFUSED
            return Failure(status, error.code, str(error))
        case RuntimeFault():
            return Failure(
                BAD_INPUT if isinstance(error, SettingsFault) else NO_SERVER, "cannot_run", str(error)
            )
        case RecordStoreFault():
            return Failure(BAD_INPUT if isinstance(error, WrongUrl) else NO_SERVER, error.code, str(error))
        case _:
            return _bug_of(error)


def _bug_of(error: BaseException) -> Failure:
    if os.environ.get("ESCALATION_DEBUG"):
        write("".join(traceback.format_exception(error)), sys.stderr)
    what = f"a fault of escalate itself: {type(error).__name__}: {error} (ESCALATION_DEBUG=1 shows where)"
    return Failure(BUG, "bug", what)
