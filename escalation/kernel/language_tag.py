"""
Language tags: the one definition, for everything that takes one.

A tag is a language, perhaps with a script and a country (BCP 47): `id`, `pt-BR`, `zh-Hant-TW`. Operating systems and
many CRMs write `tr_TR`; it is taken, and kept as `tr-TR`, so that a language has one spelling.
"""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from escalation.kernel.reasons import InvalidValue, reason

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)
_LONGEST_TAG = 35
_COUNTRY, _SCRIPT = 2, 4
"""Lengths of the parts that are written with capitals."""


def language_tag(text: str) -> str:
    """
    Return the one spelling of a language tag.

    Raises:
        InvalidValue: If no language can be called that.
    """
    tag = text.replace("_", "-")
    if not _TAG.fullmatch(tag) or len(tag) > _LONGEST_TAG:
        raise InvalidValue(reason("allowed.language_tag"))
    language, *parts = tag.split("-")
    return "-".join([language.lower(), *map(_cased, parts)])


def broader_tags(tag: str) -> Iterator[str]:
    """Each tag that serves a reader of *tag*, the nearest first: `pt-br`, then `pt`. None, if it is no language tag."""
    tag = tag.lower()
    if _TAG.fullmatch(tag):
        parts = tag.split("-")
        for length in range(len(parts), 0, -1):
            yield "-".join(parts[:length])


def _cased(part: str) -> str:
    match len(part):
        case length if length == _COUNTRY:
            return part.upper()
        case length if length == _SCRIPT and part.isalpha():
            return part.title()
        case _:
            return part.lower()


LanguageTag = Annotated[
    str,
    Field(max_length=_LONGEST_TAG),
    AfterValidator(language_tag),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$",
            "examples": ["en", "id", "tr", "pt-BR"],
        }
    ),
]
