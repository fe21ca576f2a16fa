"""API keys as a table, and as JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.table import Table
from rich.text import Text

from entrypoints.terminal import as_json, out
from identity.api_keys import ApiKey


def row_of(key: ApiKey) -> dict[str, object]:
    """Return what is shown of a key, as JSON has it."""
    return {
        "id": key.id,
        "name": key.name,
        "person": key.person,
        "moves": sorted(key.moves),
        "accounts": sorted(key.accounts),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "state": key.state(datetime.now(UTC)),
    }


def show_keys(keys: Sequence[ApiKey], *, in_json: bool) -> None:
    if in_json:
        as_json([row_of(key) for key in keys])
        return
    table = Table("id", "name", "for", "moves", "accounts", "expires", "state", box=None, pad_edge=False)
    for key in keys:
        table.add_row(
            key.id,
            Text(key.name),
            Text(key.person),
            Text(", ".join(sorted(key.moves)) or "all"),
            Text(", ".join(sorted(key.accounts)) or "all"),
            f"{key.expires_at:%Y-%m-%d}",
            key.state(datetime.now(UTC)),
        )
    out.print(table if keys else "there is no API key")
