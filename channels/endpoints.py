"""
Endpoints by name: what `slack:support` leads to.

Owns finding one, and the words for one that is not there. Must not know where targets come from, nor what they hold.
"""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from channels.protocol import RefusedForGood
from messages.harmless_text import to_one_line

_Target = TypeVar("_Target")
_SHOWN_LENGTH = 60


class Endpoints(Generic[_Target]):
    """Endpoints that are set up for one channel. They hold secrets, so only their names are shown."""

    def __init__(self, known: Mapping[str, _Target], set_by: Callable[[str], str]) -> None:
        self._known = dict(known)
        self._set_by = set_by

    def __repr__(self) -> str:
        return f"Targets({', '.join(self.names)})"

    @property
    def names(self) -> tuple[str, ...]:
        """In order of the alphabet."""
        return tuple(sorted(self._known))

    def find(self, name: str) -> _Target | RefusedForGood:
        """Return what is called *name*; if there is nothing, a refusal that says what would set it."""
        if name in self._known:
            return self._known[name]
        shown = to_one_line(name, at_most=_SHOWN_LENGTH)
        return RefusedForGood(why=f"{shown} is not set up: set {self._set_by(shown)}")
