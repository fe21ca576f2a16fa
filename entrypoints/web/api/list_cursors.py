"""
Pages of a list: so many items, and a cursor from which the next page goes on.

A cursor is for its list alone, and opaque: nobody is to compute one.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from itsdangerous import BadData, URLSafeSerializer

from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, quote_input
from escalation.kernel.values import frozen

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=500, description="The most items of a page.")]
Cursor = Annotated[
    str, Query(max_length=2_000, description="The `next` of the page before; if omitted, the first page.")
]
DEFAULT_LIMIT = 100


@frozen
class Page(Generic[Item]):
    """A part of a list."""

    items: tuple[Item, ...]
    next: str | None = None
    """The cursor of the next page; none after the last."""


class Cursors:
    """Cursors that are signed, since a place that no page gave would make the server search in vain."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [*reversed(keys)]  # itsdangerous signs with the last

    def write(self, of: str, place: str) -> str:
        """Return the cursor for *place* in the list *of* this name."""
        return str(self._signer(of).dumps(place))

    def read(self, of: str, cursor: str) -> str:
        """
        Return the place; empty without a cursor: the beginning.

        Raises:
            BadRequest: If no page of this list gave this cursor.
        """
        try:
            return str(self._signer(of).loads(cursor)) if cursor else ""
        except BadData:
            fault = Fault(
                where="cursor", given=quote_input(cursor), allowed="the `next` of a page of this list"
            )
            raise BadRequest.because(reason("of.list"), (fault,)) from None

    def _signer(self, of: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._keys, salt=f"cursor:{of}", signer_kwargs={"digest_method": sha256})

    def page_after(
        self, of: str, found: Sequence[Item], cursor: str, limit: int, number: Callable[[Item], int]
    ) -> Page[Item]:
        """Return the first *limit* of *found* whose *number* is past the cursor's; numbers rise."""
        after = int(self.read(of, cursor) or -1)
        rest = [item for item in found if number(item) > after]
        shown = tuple(rest[:limit])
        return Page(items=shown, next=self.write(of, str(number(shown[-1]))) if len(rest) > limit else None)
