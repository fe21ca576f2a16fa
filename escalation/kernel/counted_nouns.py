"""
Numbers of things in English, as events, errors and terminals say them: ``1 fault``, ``2 faults``.

Letters and papers say theirs by the plural rules of their own language, not here.
"""


def number_of(count: int, noun: str, plural: str = "", *, none: str = "0") -> str:
    """Return *count* and its noun: *noun* for one, else *plural*, or *noun* and an s. *none* stands for zero."""
    return f"{f'{count:,}' if count else none} {noun if count == 1 else plural or f'{noun}s'}"
