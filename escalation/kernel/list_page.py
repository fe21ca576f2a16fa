"""
Pages: long answers to a query, as much at a time as Temporal takes.

Whoever asks puts the pages together. What is listed, and how the next page is asked for, is for each query to say.
"""

from collections.abc import Iterable
from typing import Generic, TypeVar

from escalation.kernel.budgets import ANSWER, first_of
from escalation.kernel.values import frozen

Item = TypeVar("Item")


@frozen
class ListPage(Generic[Item]):
    """A part of a list."""

    items: tuple[Item, ...] = ()
    has_more: bool = False
    """Another page follows."""


def page_of(items: Iterable[Item]) -> ListPage[Item]:
    """The first page of *items*."""
    found = tuple(items)
    first = first_of(found, ANSWER)
    return ListPage(items=first, has_more=len(first) < len(found))
