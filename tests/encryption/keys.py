"""
Keys for tests: a ring as a setting has it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import SecretStr

from encryption.ring_key import RingKey
from encryption.rotation import new_ring
from escalation.kernel.values import to_plain

TODAY = date(2026, 11, 30)


def a_ring() -> list[RingKey]:
    return list(new_ring(TODAY))


def as_setting(keys: Iterable[RingKey]) -> SecretStr:
    return SecretStr(" ".join(key.written for key in keys))


def texts_in(value: Any) -> set[str]:
    """
    Return the texts and addresses in *value*: all that a person wrote or is called, and no id or code.
    """
    return {text for text in _strings_in(to_plain(value)) if _is_a_persons(text)}


def _is_a_persons(text: str) -> bool:
    is_id = "/" in text and "@" in text
    return len(text) > 6 and (" " in text or "@" in text) and not is_id


def _strings_in(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings_in(each)
