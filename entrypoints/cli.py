"""
``escalate``: the command line. Puts the commands together, and turns every outcome into an exit status.

Exit status: 0 done, 1 refused, 2 bad input, 3 no server or no record store. Errors are one clear message on standard
error, as JSON with ``--json``; no traceback reaches a user.
"""

import json
import os
import sys
import traceback
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import Abort, Exit, TyperException

from entrypoints import (
    after_close,
    approving,
    foreseeing,
    inbox,
    looking,
    looking_back,
    messages,
    moving,
    on_call,
    plans,
    playbooks,
    rca_papers,
    rebasing,
    rebuilding,
    report_schedules,
    root_causes,
    running,
    sending,
    showing,
    sponsoring,
    start,
    task_forces,
    told,
)
from entrypoints.contents import Contents
from entrypoints.doctor import command as doctor
from entrypoints.new_playbook import command as new_playbook
from entrypoints.words import in_typed_words
from escalation.errors import BadRequest, EscalationError, UnknownName
from records.errors import RecordsFault, WrongUrl
from runtime.errors import RuntimeFault, SettingsFault
from runtime.leaving import leave

DONE, REFUSED, BAD_INPUT, NO_SERVER, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130

app = typer.Typer(
    cls=Contents,
    help="Durable customer escalations: start, communicate, resolve, close with RCA.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _say_version(is_asked_for: bool) -> None:
    if is_asked_for:
        showing.out.print(f"escalate {version('escalation-engine')}")
        raise Exit


@app.callback()
def escalate(
    _: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    pass


app.add_typer(running.app)
app.add_typer(start.app)
app.add_typer(looking.app)
app.add_typer(moving.app)
root_causes.app.add_typer(rca_papers.app)
app.add_typer(root_causes.app, name="rca")
app.add_typer(plans.app, name="plan")
app.add_typer(rebasing.app)
app.add_typer(task_forces.app, name="task-force")
app.add_typer(after_close.app)
app.add_typer(after_close.post_mortem, name="post-mortem")
app.add_typer(after_close.actions, name="actions")
playbooks.app.add_typer(new_playbook.app)
playbooks.app.add_typer(foreseeing.app)
playbooks.app.add_typer(on_call.app)
app.add_typer(playbooks.app, name="playbook")
app.add_typer(sending.app, name="channels")
app.add_typer(sponsoring.app, name="sponsor")
messages.app.add_typer(approving.app)
app.add_typer(messages.app, name="message")
app.add_typer(told.app)
looking_back.report.add_typer(report_schedules.app, name="schedule")
app.add_typer(looking_back.report, name="report")
app.add_typer(inbox.app)
app.add_typer(doctor.app)
looking_back.records.add_typer(rebuilding.app)
app.add_typer(looking_back.records, name="records")


def main() -> NoReturn:
    """The program: runs the command and leaves the process safely."""
    leave(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and say its exit status; every error has been told by then."""
    in_json = "--json" in arguments
    try:
        # what a command's `typer.Exit` says comes back as the answer
        answer = app(arguments, prog_name="escalate", standalone_mode=False)
    except Exit as done:
        return done.exit_code
    except (Abort, KeyboardInterrupt):
        return _tell("interrupted", "interrupted", (), in_json, INTERRUPTED)
    except TyperException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "escalate")
        said = getattr(error, "format_message", error.__str__)()
        return _tell("usage", f"{said.rstrip('.')}; see `{command} --help`", (), in_json, BAD_INPUT)
    except EscalationError as error:
        faults = [fault.model_dump() for fault in error.faults]
        status = BAD_INPUT if isinstance(error, BadRequest | UnknownName) else REFUSED
        return _tell(error.code, in_typed_words(error.message), faults, in_json, status)
    except RuntimeFault as error:
        status = BAD_INPUT if isinstance(error, SettingsFault) else NO_SERVER
        return _tell("cannot_run", str(error), (), in_json, status)
    except RecordsFault as error:
        status = BAD_INPUT if isinstance(error, WrongUrl) else NO_SERVER
        return _tell(error.code, str(error), (), in_json, status)
    except BrokenPipeError:
        return DONE
    except Exception as error:
        if os.environ.get("ESCALATION_DEBUG"):
            showing.write(traceback.format_exc(), sys.stderr)
        what = f"a fault of escalate itself: {type(error).__name__}: {error} (ESCALATION_DEBUG=1 shows where)"
        return _tell("bug", what, (), in_json, BUG)
    return answer if isinstance(answer, int) else DONE


def _tell(code: str, message: str, faults: Any, in_json: bool, status: int) -> int:
    if in_json:
        showing.write(
            json.dumps({"error": code, "message": message, "faults": list(faults)}) + "\n", sys.stderr
        )
    else:
        showing.err.print(message, markup=False, style="red")
    return status


if __name__ == "__main__":
    main()
