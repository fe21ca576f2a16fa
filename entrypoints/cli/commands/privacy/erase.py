"""`escalate privacy erase`: all that is held of an account or a person, gone for good."""

from typing import Annotated

from entrypoints.cli.options import Json, option
from entrypoints.cli.party_options import PartyKindOption, Who


def erase(
    who: Who,
    kind: PartyKindOption = None,
    yes: Annotated[bool, option("--yes", "Erase without asking.")] = False,
    dry_run: Annotated[
        bool, option("--dry-run", "Only show what would be erased, and what stands in the way.")
    ] = False,
    in_json: Json = False,
) -> None:
    """
    Erase what is held of an account or a person: texts, names and addresses. Figures stay.

    It is refused while anything of theirs is open. What was interrupted is ended by doing it again.
    """
    from entrypoints.cli.erase_party import erase_party

    erase_party(who, kind, is_sure=yes, only_shows=dry_run, in_json=in_json)
