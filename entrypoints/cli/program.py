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

from entrypoints import approving, moving
from entrypoints.cli.command_groups import CommandGroups
from entrypoints.cli.command_names import name_commands
from entrypoints.cli.commands import (
    channels,
    deliveries,
    doctor,
    inbox,
    message,
    plan,
    post_mortem,
    rebase,
    serve,
    show,
    sponsor,
    start,
    task_force,
)
from entrypoints.cli.commands.playbook import check, on_call, simulate
from entrypoints.cli.commands.playbook import new as new_playbook
from entrypoints.cli.commands.rca import document, file
from entrypoints.cli.commands.records import rebuild
from entrypoints.cli.commands.report import period, schedule
from entrypoints.cli.render import escalation
from escalation.kernel.refusals import BadRequest, EscalationError, UnknownName
from records.errors import RecordStoreFault, WrongUrl
from runtime.errors import RuntimeFault, SettingsFault
from runtime.process_exit import exit_process

DONE, REFUSED, BAD_INPUT, NO_SERVER, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130

app = typer.Typer(
    cls=CommandGroups,
    help="Durable customer escalations: start, communicate, resolve, close with RCA.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _say_version(is_asked_for: bool) -> None:
    if is_asked_for:
        escalation.out.print(f"escalate {version('escalation-engine')}")
        raise Exit


@app.callback()
def escalate(
    _: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    pass


app.add_typer(serve.app)
app.add_typer(start.app)
app.add_typer(show.app)
app.add_typer(moving.app)
file.app.add_typer(document.app)
app.add_typer(file.app, name="rca")
app.add_typer(plan.app, name="plan")
app.add_typer(rebase.app)
app.add_typer(task_force.app, name="task-force")
app.add_typer(post_mortem.app)
app.add_typer(post_mortem.post_mortem, name="post-mortem")
app.add_typer(post_mortem.actions, name="actions")
check.app.add_typer(new_playbook.app)
check.app.add_typer(simulate.app)
check.app.add_typer(on_call.app)
app.add_typer(check.app, name="playbook")
app.add_typer(channels.app, name="channels")
app.add_typer(sponsor.app, name="sponsor")
message.app.add_typer(approving.app)
app.add_typer(message.app, name="message")
app.add_typer(deliveries.app)
period.report.add_typer(schedule.app, name="schedule")
app.add_typer(period.report, name="report")
app.add_typer(inbox.app)
app.add_typer(doctor.app)
period.records.add_typer(rebuild.app)
app.add_typer(period.records, name="records")


def main() -> NoReturn:
    """The program: runs the command and leaves the process safely."""
    exit_process(run(sys.argv[1:]))


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
        return _tell(error.code, name_commands(error.message), faults, in_json, status)
    except RuntimeFault as error:
        status = BAD_INPUT if isinstance(error, SettingsFault) else NO_SERVER
        return _tell("cannot_run", str(error), (), in_json, status)
    except RecordStoreFault as error:
        status = BAD_INPUT if isinstance(error, WrongUrl) else NO_SERVER
        return _tell(error.code, str(error), (), in_json, status)
    except BrokenPipeError:
        return DONE
    except Exception as error:
        if os.environ.get("ESCALATION_DEBUG"):
            escalation.write(traceback.format_exc(), sys.stderr)
        what = f"a fault of escalate itself: {type(error).__name__}: {error} (ESCALATION_DEBUG=1 shows where)"
        return _tell("bug", what, (), in_json, BUG)
    return answer if isinstance(answer, int) else DONE


def _tell(code: str, message: str, faults: Any, in_json: bool, status: int) -> int:
    if in_json:
        escalation.write(
            json.dumps({"error": code, "message": message, "faults": list(faults)}) + "\n", sys.stderr
        )
    else:
        escalation.err.print(message, markup=False, style="red")
    return status


if __name__ == "__main__":
    main()
