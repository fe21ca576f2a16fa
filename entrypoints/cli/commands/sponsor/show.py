"""`escalate sponsor show`: the sponsorship of one account."""

from entrypoints.cli.client_call import call_client, print_sponsorship
from entrypoints.cli.options import Account, Json


def show(account: Account, in_json: Json = False) -> None:
    """Show one account's sponsorship."""
    print_sponsorship(call_client(lambda client: client.sponsorship(account)), in_json)
