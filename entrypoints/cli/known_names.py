"""
Names that are typed before anything has to know them: an account, a person. A slip is refused, with what was meant.

Looks at what is there: escalations, sponsorships, the record, the playbook.
"""

from contextlib import suppress

from pydantic import TypeAdapter, ValidationError

from client import EscalationClient, RunStalled
from entrypoints.cli.option_values import bad_option
from entrypoints.cli.playbook_names import names_of
from entrypoints.cli.record_store import open_store
from escalation.kernel.refusals import UnknownEscalation, nearest, quote_input
from escalation.kernel.values import Name
from records.data_export import list_accounts
from records.errors import RecordStoreFault
from runtime.settings import Settings

_MOST_LOOKED_AT = 1000
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
    client: "EscalationClient", account: str, allowed: str, *, where: str = "ACCOUNT"
) -> None:
    """
    Raises:
        BadRequest: If no escalation, open or on record, and no sponsorship has *account*.
    """
    if await _has_account(client, account):
        return
    on_record = _on_record()
    if account not in on_record:
        running = {each async for row in client.list(limit=_MOST_LOOKED_AT) for each in row.customers}
        sponsored = {line.account async for line in client.sponsorships()}
        meant = nearest(account, on_record | running | sponsored)
        raise bad_option(where, quote_input(account), allowed, meant)


async def require_known_person(client: "EscalationClient", who: str) -> None:
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
        _require_in_playbook(who)


async def _has_account(client: "EscalationClient", account: str) -> bool:
    async for _ in client.list(customer=account, ended=True, limit=1):
        return True
    try:
        await client.sponsorship(account)
    except UnknownEscalation:
        return False
    except RunStalled:  # it cannot answer, but is there
        return True
    return True


def _on_record() -> set[str]:
    """Nobody, if the record cannot be read: the rest may do."""
    with suppress(RecordStoreFault), open_store() as store:
        return list_accounts(store)
    return set()


def names_in_playbook() -> set[str]:
    """People, teams and rotas of the configured playbook; none, if it may be that the workers alone have it."""
    return {name for kind in ("people", "teams", "rotas") for name in names_of(kind)}


def _require_in_playbook(who: str) -> None:
    known = names_in_playbook()
    if known and who not in known:
        file = Settings.load().playbook
        allowed = f"a person or team of {file.name}, or a customer's contact as ACCOUNT:EMAIL"
        raise bad_option("PERSON", quote_input(who), allowed, nearest(who, known))
