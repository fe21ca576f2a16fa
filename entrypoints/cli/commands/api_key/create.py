"""`escalate api-key create`: a key for a machine."""

from typing import Annotated

from entrypoints.cli.options import Json, argument, option


def create(
    name: Annotated[str, argument("NAME", "The machine or program that the key is for.")],
    person: Annotated[
        str,
        option(
            "--for",
            "The person of the playbook in whose name it acts, with their roles.",
            "PERSON",
            show_default=False,
        ),
    ],
    move: Annotated[
        list[str] | None,
        option(
            "--move",
            "A move that it may make, or start. Repeat for more. If omitted, all that the person may make.",
            "MOVE",
            show_default=False,
        ),
    ] = None,
    account: Annotated[
        list[str] | None,
        option(
            "--account",
            "An account whose escalations it may touch. Repeat for more. If omitted, all accounts.",
            "ACCOUNT",
            show_default=False,
        ),
    ] = None,
    days: Annotated[int, option("--days", "The days that it is valid for, 1 to 730.", "N")] = 365,
    in_json: Json = False,
) -> None:
    """Create a key, and show it this once."""
    from entrypoints.cli.api_key_options import create_key, show_new_key

    show_new_key(*create_key(name, person, move or [], account or [], days), in_json=in_json)
