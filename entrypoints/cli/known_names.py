"""
Names that are typed before anything has to know them: an account, a person. A slip is refused, with what was meant.
"""

from pydantic import TypeAdapter, ValidationError

from client import EscalationClient, KnownNames, ServiceClient, Stalled
from entrypoints.cli.option_values import bad_option
from entrypoints.names_in_use import find_names
from escalation.kernel.refusals import UnknownEscalation, nearest, quote_input
from escalation.kernel.values import Name
from runtime.settings import Settings

_NAME: TypeAdapter[str] = TypeAdapter(Name)


def check_account(account: str) -> str:
    """
    Raises:
        BadRequest: If no account can be called that.
    """
    try:
        return _NAME.validate_python(account)
    except ValidationError:
        raise bad_option("ACCOUNT", quote_input(account), "1 to 200 printable characters") from None


async def require_known_account(
    client: EscalationClient, account: str, allowed: str, *, where: str = "ACCOUNT"
) -> None:
    """
    Raises:
        BadRequest: If no escalation, open or on record, and no sponsorship has *account*.
    """
    if await _has_account(client, account):
        return
    known = (await known_names(client)).accounts
    if account not in known:
        raise bad_option(where, quote_input(account), allowed, nearest(account, known))


async def require_known_person(client: EscalationClient, who: str) -> None:
    """
    Raises:
        BadRequest: If *who* is nobody of the playbook, is of no known account, and has no inbox. Which contacts an
            account has is not looked at.
    """
    account, colon, _ = who.partition(":")
    if await client.has_inbox(who):
        return
    if colon:
        allowed = "a customer's contact as ACCOUNT:EMAIL, of an account that has escalations"
        await require_known_account(client, account, allowed, where="PERSON")
    else:
        _require_in_playbook(await known_names(client), who)


async def known_names(client: EscalationClient) -> KnownNames:
    """Return the names that the service knows; or, where the server is asked directly, those that are known here."""
    if isinstance(client, ServiceClient):
        return await client.known_names()
    return await find_names(client, Settings.load())


async def _has_account(client: EscalationClient, account: str) -> bool:
    async for _ in client.list(customer=account, ended=True, limit=1):
        return True
    try:
        await client.sponsorship(account)
    except UnknownEscalation:
        return False
    except Stalled:  # it cannot answer, but is there
        return True
    return True


def _require_in_playbook(known: KnownNames, who: str) -> None:
    if known.people and who not in known.people:
        allowed = f"a person or team of {known.playbook}, or a customer's contact as ACCOUNT:EMAIL"
        raise bad_option("PERSON", quote_input(who), allowed, nearest(who, known.people))
