"""API keys, as they are typed and kept."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from entrypoints.cli.operator import operator
from entrypoints.cli.option_values import OptionValues
from entrypoints.cli.record_store import open_store
from entrypoints.cli.render.key_table import row_of
from entrypoints.terminal import as_json, out
from escalation.case.move_index import PERSONS_COMMANDS
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, nearest, quote_input
from escalation.kernel.values import Name
from escalation.sponsorship import move_index as sponsorship
from escalation.task_force import commands as task_force
from identity.api_keys import ApiKey, ApiKeys
from planning.playbook.loader import load_playbook
from runtime.settings import Settings

LONGEST_DAYS = 730
START = "start"
_COMMANDS = (*PERSONS_COMMANDS, *sponsorship.PERSONS_COMMANDS, *task_force.MEMBERS_COMMANDS)
SCOPES = (START, *dict.fromkeys(command.move.value for command in _COMMANDS))
"""Moves that a key can be bound to."""
_NAME: TypeAdapter[str] = TypeAdapter(Name)


@contextmanager
def open_keys() -> Iterator[ApiKeys]:
    """Open the keys that are kept beside the record while the block runs."""
    with open_store() as store:
        yield ApiKeys(store)


def create_key(
    name: str, person: str, moves: Sequence[str], accounts: Sequence[str], days: int
) -> tuple[ApiKey, str]:
    """
    Return a new key, and the text that the machine sends.

    Raises:
        BadRequest: With all that is wrong with the options.
    """
    options = OptionValues()
    _require_name(options, "NAME", name)
    for account in accounts:
        _require_name(options, "--account", account)
    people = load_playbook(Settings.load().playbook).people
    if person not in people:
        options.refuse(
            "--for", quote_input(person), "a person of the playbook, by id", nearest(person, people)
        )
    known = {scope.replace("_", "-"): scope for scope in SCOPES}
    wanted = [move.replace("_", "-") for move in moves]
    for move in wanted:
        if move not in known:
            options.refuse("--move", quote_input(move), ", ".join(known), nearest(move, known))
    if not 1 <= days <= LONGEST_DAYS:
        options.refuse("--days", str(days), f"1 to {LONGEST_DAYS}")
    if options.faults:
        raise BadRequest.because(reason("of.command"), options.faults)
    now = datetime.now(UTC)
    with open_keys() as keys:
        return keys.create(
            name,
            person,
            now=now,
            expires_at=now + timedelta(days=days),
            moves=[known[move] for move in wanted],
            accounts=accounts,
            by=operator(),
        )


def _require_name(options: OptionValues, where: str, given: str) -> None:
    try:
        _NAME.validate_python(given)
    except ValidationError:
        options.refuse(where, quote_input(given), "1 to 200 printable characters")


def show_new_key(made: ApiKey, written: str, *, in_json: bool) -> None:
    """Show a key this once."""
    if in_json:
        as_json({**row_of(made), "key": written})
        return
    out.print(written, markup=False, soft_wrap=True)
    out.print(
        f"The key {made.id} of {made.name} acts as {made.person} until {made.expires_at:%Y-%m-%d}. "
        "It is shown this once: keep it in the machine's store of secrets.",
        markup=False,
    )
