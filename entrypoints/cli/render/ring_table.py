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
    example: str
    state: str
    """encrypts, reads, not_needed, missing or wrong."""

    @property
    def is_needed(self) -> bool:
        return bool(self.runs or self.values)

    @property
    def is_trouble(self) -> bool:
        return self.state in {"missing", "wrong"}

    @classmethod
    def of(cls, key: RingKey, use: KeyUse | None, *, is_first: bool) -> "KeyStanding":
        """Return how a key of ours stands."""
        found = use or KeyUse(key.name)
        state = "encrypts" if is_first else "reads" if found.runs or found.values else "not_needed"
        if key.kind is KeyKind.ENCRYPTION and not found.is_readable:
            state = "wrong"
        return cls(key.name, key.kind, found.runs, found.open_runs, found.values, found.example, state)

    @classmethod
    def missing(cls, use: KeyUse) -> "KeyStanding":
        """Return how a key stands that something needs, and that is not here."""
        return cls(use.key, KeyKind.ENCRYPTION, use.runs, use.open_runs, use.values, use.example, "missing")


def show_standings(standings: Sequence[KeyStanding], *, in_json: bool) -> None:
    if in_json:
        as_json([asdict(each) for each in standings])
        return
    table = Table("key", "kind", "state", "runs", "open", "on record", "such as", box=None, pad_edge=False)
    for each in standings:
        state = Text(each.state.replace("_", " "), style="red" if each.is_trouble else "")
        table.add_row(
            Text(each.name),
            each.kind,
            state,
            str(each.runs),
            str(each.open_runs),
            str(each.values),
            Text(each.example),
        )
    out.print(table)
