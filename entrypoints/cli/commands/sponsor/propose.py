"""`escalate sponsor propose`: an account for executive sponsorship."""

from typing import Annotated

from entrypoints.cli.client_call import call_client, send_command
from entrypoints.cli.options import Account, By, DryRun, Json, Why, option


def propose(
    account: Account,
    by: By,
    why: Why,
    new: Annotated[bool, option("--new", "No escalation and no sponsorship has it yet.")] = False,
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """Propose an account; an executive escalation does so by itself. A person decides."""
    from entrypoints.cli.command_names import read_options
    from entrypoints.cli.known_names import check_account, require_known_account
    from escalation.sponsorship.moves.propose import Propose

    name, proposal = check_account(account), read_options(Propose, "the proposal", {"by": by, "why": why})
    if not new:
        allowed = "an account that has escalations, or any with --new"
        call_client(lambda client: require_known_account(client, name, allowed))
    send_command("sponsorship", (name,), proposal, in_json, dry_run)
