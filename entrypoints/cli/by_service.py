"""
The command line by a service: with ESCALATION_URL set, the same commands ask a web service, and not the server itself.

Owns which commands cannot, and who acts where people sign in. Cheap to import, because each command looks here.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from client import CallerView

URL = "ESCALATION_URL"
_NEEDS_ACTOR = "entrypoints.cli.by_service.needs_actor"
DIRECTLY = frozenset(
    {
        *("serve", "web", "gateway", "setup", "doctor", "demo", "backup", "restore", "worker"),
        *("api-key create", "api-key list", "api-key revoke"),
        *("keys generate", "keys rotate", "keys remove", "keys check"),
        *(
            "records export",
            "records import",
            "records rebuild",
            "records encrypt",
            "records verify",
            "records audit-log",
        ),
        *("privacy export", "privacy erase"),
    }
)
"""Commands that need the server, or what is kept beside it."""


def is_by_service() -> bool:
    return bool(os.environ.get(URL, "").strip())


# Whoever acts is looked for twice: before the command is read, because a required `--as` would be missed then, and
# before it runs, when the service has said who they are.
def relax_actor(context: Any, parameters: Iterable[Any]) -> None:
    """Let a command begin without `--as`: whoever signed in may be known by that."""
    for parameter in parameters:
        if is_by_service() and "--as" in parameter.opts and parameter.required:
            parameter.required, context.meta[_NEEDS_ACTOR] = False, True


def begin_by_service(context: Any, words: str) -> None:
    """
    Look whether the command of these *words* can ask a service, and who acts there.

    Raises:
        OnlyDirectly: If it cannot.
        BadRequest: If `--as` is somebody else than who signed in.
    """
    if not is_by_service():
        return
    if words in DIRECTLY:
        from runtime.errors import OnlyDirectly

        raise OnlyDirectly(f"`escalate {words}`", os.environ[URL].strip())
    for parameter in context.command.params:
        if "--as" in parameter.opts:
            actor = _actor(context.params.get(parameter.name))
            if not actor and context.meta.get(_NEEDS_ACTOR):
                parameter.required = True
                parameter.process_value(context, None)  # says that it is missing
            context.params[parameter.name] = actor


def _actor(given: str | None) -> str | None:
    """Return who acts: whoever signed in, or else as it was *given*."""
    from entrypoints.cli.service_access import has_shown_who, who_asks
    from escalation.kernel.refusals import quote_input

    if not has_shown_who():
        return given
    caller: CallerView = who_asks()
    if caller.mode != "signed_in" or caller.person is None:
        return given
    if given and given != caller.person:
        from entrypoints.cli.option_values import bad_option

        raise bad_option(
            "--as", quote_input(given), f"{caller.person}, as whom you are signed in, or to leave it out"
        )
    return caller.person
