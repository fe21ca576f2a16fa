"""
``escalate``: the command line. Runs a command, and turns every outcome into an exit status.

Exit status: 0 done, 1 refused, 2 bad input, 3 no server or no record store. Errors are one clear message on standard
error, as JSON with ``--json``; no traceback reaches a user.
"""

import sys
from typing import NoReturn

from typer.exceptions import Exit

from entrypoints.cli.command_tree import make_program
from entrypoints.exit_status import BAD_INPUT, BUG, DONE, INTERRUPTED, NO_SERVER, REFUSED

__all__ = ["BAD_INPUT", "BUG", "DONE", "INTERRUPTED", "NO_SERVER", "REFUSED", "app", "main", "run"]

app = make_program()


def main() -> NoReturn:
    """Run the command of this process, and leave it safely."""
    from runtime.process_exit import exit_process

    exit_process(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status; every error has been shown by then."""
    try:
        # what a command's `typer.Exit` says comes back as the answer
        answer = app.main(arguments, prog_name="escalate", standalone_mode=False)
    except Exit as done:
        return done.exit_code
    except BrokenPipeError:
        return DONE
    except (Exception, KeyboardInterrupt) as error:
        from entrypoints.cli.failures import report_failure

        return report_failure(error, in_json="--json" in arguments)
    return answer if isinstance(answer, int) else DONE


if __name__ == "__main__":
    main()
