"""`escalate keys generate`: a new ring of keys."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import option


def generate(
    file: Annotated[
        Path | None,
        option(
            "--file",
            "The file to write them to, for you alone; ESCALATION_ENCRYPTION_KEYS_FILE names it then. If omitted, "
            "they are printed, as the value of ESCALATION_ENCRYPTION_KEYS.",
            "FILE",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make new keys that encrypt what is stored: one that is replaced from time to time, and one for names."""
    from entrypoints.cli.key_options import generate_keys

    generate_keys(file)
