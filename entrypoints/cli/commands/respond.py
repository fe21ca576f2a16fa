"""`escalate respond`: a response of the level, by its words or its number."""

from typing import Annotated

from entrypoints.cli.client_call import make_move
from entrypoints.cli.options import By, DryRun, Json, Key, Note, argument


def respond(
    key: Key,
    response: Annotated[str, argument("RESPONSE", "Its words, or its number as `show` has it: 2.3.")],
    by: By,
    note: Note = "",
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """Tick off a response of the level."""
    from escalation.case.moves.tick_response import TickResponse

    level, number = _split_number(response)
    make_move(key, TickResponse, in_json, dry_run, by=by, response=number or response, level=level, note=note)


def _split_number(response: str) -> tuple[int | None, str]:
    """
    Return level and number of ``2.3``; of words neither. A number alone may have meant another level, left meanwhile.
    """
    from entrypoints.cli.option_values import bad_option
    from escalation.kernel.refusals import quote_input

    level, _, number = response.partition(".")
    if not (level + number).isdecimal():
        return None, ""
    if not number:
        allowed = f"its words, or level and number such as 1.{level}; see `escalate show`"
        raise bad_option("RESPONSE", quote_input(response), allowed)
    return int(level), number
