"""`escalate keys remove`: a key that nothing needs any more."""

from typing import Annotated

from entrypoints.cli.options import argument


def remove(
    name: Annotated[str, argument("NAME", "The key's name, as `escalate keys check` shows it.")],
) -> None:
    """Take out a key that is not needed any more. One that something needs is refused."""
    from entrypoints.cli.key_options import remove_key

    remove_key(name)
