"""`escalate keys rotate`: a new key in the place of the one that encrypts."""

from typing import Annotated

from entrypoints.cli.options import option


def rotate(
    only_reads: Annotated[
        bool,
        option(
            "--only-reads",
            "Let nothing be encrypted by the new key yet. Where several machines get their keys one after the other, "
            "do this first, and --to when all have it.",
        ),
    ] = False,
    to: Annotated[
        str | None,
        option(
            "--to",
            "Let the key of this name encrypt, and make no new one.",
            "NAME",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Put a new key in front: it encrypts from now on, and the others go on reading."""
    from entrypoints.cli.key_options import rotate_keys

    rotate_keys(only_reads=only_reads, to=to)
