"""`escalate sponsor propose`: an account for the programme of executive sponsors."""

from typing import TYPE_CHECKING, Annotated, Any

from entrypoints.cli.client_call import call_client, print_sponsorship
from entrypoints.cli.options import Account, By, Json, Why, option

if TYPE_CHECKING:
    from client import EscalationClient


def propose(
    account: Account,
    by: By,
    why: Why,
    new: Annotated[bool, option("--new", "No escalation and no sponsorship has it yet.")] = False,
    in_json: Json = False,
) -> None:
    """Propose an account; an executive escalation does so by itself. A person decides."""
    from entrypoints.cli.command_names import read_options
    from entrypoints.cli.known_names import check_account, require_known_account
    from escalation.sponsorship.moves.propose import Propose

    name, proposal = check_account(account), read_options(Propose, "the proposal", {"by": by, "why": why})

    async def ask(client: "EscalationClient") -> Any:
        if not new:
            await require_known_account(client, name, "an account that has escalations, or any with --new")
        return await client.propose_sponsorship(name, proposal)

    print_sponsorship(call_client(ask), in_json)
