"""The account or the person that a command about data names."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from entrypoints.cli.options import argument, choice

if TYPE_CHECKING:
    from planning.playbook.schema import Playbook
    from privacy.party import Party
    from records.store import RecordStore

_ALLOWED = "an account, a contact's e-mail address or ACCOUNT:EMAIL, or the id of one of our people"
_KNOWN = "an account or a person of the playbook, the record, or what runs"
KINDS = ("account", "contact", "colleague")
Who = Annotated[
    str,
    argument(
        "ACCOUNT|PERSON",
        "An account; a customer's contact by e-mail address; or one of our people by id.",
    ),
]
PartyKindOption = Annotated[
    str | None,
    choice("--kind", "What it is, if an account and a person have one name", KINDS, show_default=False),
]


def find_party(store: "RecordStore", who: str, kind: str | None) -> "Party":
    """
    Return the party that was meant. A person whom the playbook does not have any more is found on record.

    Raises:
        BadRequest: If an account and a person are called that, and *kind* does not say which; or nobody is.
    """
    from entrypoints.cli.option_values import bad_option
    from escalation.kernel.refusals import quote_input
    from privacy.held_record import has_participant
    from privacy.party import Party
    from records.data_export import list_accounts

    if kind not in {None, *KINDS}:
        raise bad_option("--kind", quote_input(kind), ", ".join(KINDS))
    if not who.strip():
        raise bad_option("ACCOUNT|PERSON", "nothing", _ALLOWED)
    if kind == "contact" or (kind is None and "@" in who):
        return Party.contact(who)
    people = _people()
    is_account, is_colleague = who in list_accounts(store), who in people
    if kind is None and is_account and is_colleague:
        raise bad_option("ACCOUNT|PERSON", f"{quote_input(who)}, an account and a person", "--kind with it")
    has_left = not (is_account or is_colleague) and has_participant(store, who)
    if kind == "account" or (kind is None and not (is_colleague or has_left)):
        if not is_account:
            _require_account(who, list_accounts(store), people)
        return Party.account(who)
    return Party.colleague(who, people.get(who, ()))


def require_not_in_playbook(party: "Party") -> None:
    """
    Raises:
        MoveNotAllowed: If it is one of our people whom the playbook still has: the next plan would name them again.
    """
    from escalation.kernel.refusals import MoveNotAllowed
    from privacy.party import PartyKind

    if party.kind is PartyKind.COLLEAGUE and party.id in _people():
        raise MoveNotAllowed(
            f"{party.id} is in the playbook; take them out of it first, and rebase open escalations that name them"
        )


def _require_account(who: str, recorded: Iterable[str], people: Iterable[str]) -> None:
    """
    Refuse a name that is probably mistyped: an export of nothing would look like an answer.

    Raises:
        BadRequest: If no account is called *who*, in the playbook or in what runs; *recorded* ones are on record.
    """
    from entrypoints.cli.option_values import bad_option
    from entrypoints.cli.running_accounts import find_running_accounts
    from escalation.kernel.refusals import nearest, quote_input

    in_playbook = set(playbook.accounts) if (playbook := _playbook()) else set()
    if who in in_playbook:
        return
    running, unread = find_running_accounts()
    if who not in running:
        known = {*recorded, *in_playbook, *running}
        allowed = "; ".join((_KNOWN, *unread))
        raise bad_option("ACCOUNT|PERSON", quote_input(who), allowed, nearest(who, {*known, *people}))


def _people() -> dict[str, tuple[str, ...]]:
    """Return the people of the configured playbook: their names and addresses by their ids; none, if it is not here."""
    people = playbook.people if (playbook := _playbook()) else {}
    return {id_: _words_of(person.name, person.addresses) for id_, person in people.items()}


def _playbook() -> "Playbook | None":
    from escalation.kernel.refusals import BadRequest
    from planning.playbook.loader import load_playbook
    from runtime.settings import Settings

    try:
        return load_playbook(Settings.load().playbook)
    except BadRequest:
        return None


def _words_of(name: str | None, addresses: tuple[str, ...]) -> tuple[str, ...]:
    targets = (address.partition(":")[2] for address in addresses)
    return (*((name,) if name else ()), *(target for target in targets if "@" in target))
