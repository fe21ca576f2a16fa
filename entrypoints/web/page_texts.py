"""
The languages of the pages: which there are, and which is nearest to a reader's.

What pages say is in the catalogues, in the context `page`. Must not know HTML.
"""

from collections.abc import Mapping
from pathlib import Path

from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from messages.catalogue import Catalogue, catalogue, findings, languages, nearest_language

PAGE = "page"


class Languages:
    """
    The catalogues shipped, under those in *overrides*, a folder of the organisation's own.

    Raises:
        BadRequest: With every fault in the organisation's own.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        faults = [
            Fault(where=each.file, given=each.what, allowed="what the English catalogue has")
            for each in findings(overrides, languages(overrides))
            if each.is_fault
        ]
        if faults:
            raise BadRequest.because(reason("of.catalogues"), faults)
        self._catalogues = {tag: catalogue(tag, overrides) for tag in languages(overrides)}

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(self._catalogues)

    def words(self, tag: str) -> Catalogue:
        return self._catalogues[tag]

    def nearest(self, wanted: str) -> str:
        """Return the language for a reader who prefers *wanted*."""
        return nearest_language((wanted,), self.tags)

    def accepted(self, header: str) -> str:
        """Return the language for a reader of whom only the `Accept-Language` header is known."""
        return nearest_language(
            (part.partition(";")[0].strip() for part in header.split(",")[:10]), self.tags
        )


def section(words: Catalogue, name: str) -> Mapping[str, str]:
    """Return the phrases of the page *name*, by their own names: `title`, `button`, `done.title`."""
    within = f"{name}."
    return {
        code.removeprefix(within): words.word(PAGE, code)
        for context, code in words.said
        if context == PAGE and code.startswith(within)
    }
