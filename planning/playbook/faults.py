"""
Findings in a playbook or a request: where, what was given, what is allowed, and what was probably meant; and warnings.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from escalation.kernel.reasons import Part
from escalation.kernel.refusals import NOTHING_CALLED, Fault, Place, nearest, quote_input

Path = tuple[str | int, ...]
"""Path in a playbook: the keys from the top."""

_MOST_LISTED = 30
MOST_SHOWN = 200
"""Most faults of one kind that are shown."""


class Finding(NamedTuple):
    """A fault or a warning, before its place in the file is looked up."""

    path: Path
    given: Part
    allowed: Part
    suggestion: str = ""
    is_absence: bool = False
    """Something is missing: not shown while a part that may contain it cannot be read."""
    is_of_key: bool = False
    """The key is wrong, not its value."""

    def as_fault(self, path: Path = (), place: Place | None = None) -> Fault:
        """Return it as a fault at *path*, if omitted at its own, which is at *place* in a file."""
        where = ".".join(map(str, path or self.path))
        return Fault(
            where=where, place=place, given=self.given, allowed=self.allowed, suggestion=self.suggestion
        )


def file_fault(path: object, error: OSError, wanted: str, where: str = "the file") -> Fault:
    """Return the fault of a *path* that is not the file that is *wanted*, with the system's reason."""
    return Fault(
        where=where, given=repr(str(path)), allowed=f"{wanted} ({error.strerror or type(error).__name__})"
    )


def list_names(names: Iterable[str]) -> str:
    """Join names for a sentence; a long list is cut and says so."""
    every = list(names)
    more = f", … ({len(every) - _MOST_LISTED} more)" if len(every) > _MOST_LISTED else ""
    return ", ".join(every[:_MOST_LISTED]) + more or "none"


def limit_faults(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, and no more than anybody reads; the rest is not even computed."""
    return tuple(islice(_remove_repeated(found), MOST_SHOWN))


def _remove_repeated(found: Iterable[Finding]) -> Iterator[Finding]:
    seen: set[Finding] = set()
    for each in found:
        if each not in seen:
            seen.add(each)
            yield each


def unknown_name(
    path: Path, given: str, known: Iterable[str], what: str = "", called: Mapping[str, str] = NOTHING_CALLED
) -> Finding:
    """Return the finding of a name that nothing has. *called*: other words, each with the name that it means."""
    names = list(known)
    return Finding(path, quote_input(given), f"{what}{list_names(names)}", nearest(given, names, called))
