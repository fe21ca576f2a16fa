"""The keys that encrypt, as a table and as JSON; never a key itself."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.table import Table
from rich.text import Text

from client import KeyUse
from encryption.ring_key import KeyKind, RingKey
from entrypoints.terminal import as_json, out


@dataclass(frozen=True)
class KeyStanding:
    """A key, what needs it, and what that means."""

    name: str
    kind: str
    runs: int
    open_runs: int
    values: int
    """Number of values on record."""
    data_keys: int
    """Number of data keys that it wraps."""
    example: str
    state: str
    """encrypts, reads, not_needed, missing or wrong."""

    @property
    def is_needed(self) -> bool:
        return bool(self.runs or self.values or self.data_keys)

    @property
    def is_trouble(self) -> bool:
        return self.state in {"missing", "wrong"}

    @classmethod
    def of(cls, key: RingKey, use: KeyUse | None, data_keys: int, *, is_first: bool) -> "KeyStanding":
        """Return how a key of ours stands."""
        found = use or KeyUse(key.name)
        is_needed = found.runs or found.values or data_keys
        state = "encrypts" if is_first else "reads" if is_needed else "not_needed"
        if key.kind is KeyKind.ENCRYPTION and not found.is_readable:
            state = "wrong"
        counts = found.runs, found.open_runs, found.values, data_keys
        return cls(key.name, key.kind, *counts, found.example, state)

    @classmethod
    def missing(cls, use: KeyUse) -> "KeyStanding":
        """Return how a key stands that something needs, and that is not here."""
        counts = use.runs, use.open_runs, use.values, 0
        return cls(use.key, KeyKind.ENCRYPTION, *counts, use.example, "missing")


def show_standings(standings: Sequence[KeyStanding], *, in_json: bool) -> None:
    if in_json:
        as_json([asdict(each) for each in standings])
        return
    columns = ("key", "kind", "state", "runs", "open", "on record", "data keys", "such as")
    table = Table(*columns, box=None, pad_edge=False)
    for each in standings:
        state = Text(each.state.replace("_", " "), style="red" if each.is_trouble else "")
        table.add_row(
            Text(each.name),
            each.kind,
            state,
            str(each.runs),
            str(each.open_runs),
            str(each.values),
            str(each.data_keys),
            Text(each.example),
        )
    out.print(table)
