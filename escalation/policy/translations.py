"""
Texts for customers that are written before anybody knows who reads them: one for every language.

Owns which of them a reader gets. Must not know what they say, or where they are written.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from escalation.kernel.language_tag import broader_tags, language_tag
from escalation.kernel.reasons import InvalidValue, reason
from escalation.kernel.values import CustomerText

EVERYBODY = ""
"""The language of a text that stands alone: whoever has none of their own gets it."""
_ENGLISH = "en"


def _by_language(given: Any) -> Any:
    if isinstance(given, str):
        return {EVERYBODY: given}
    if isinstance(given, Mapping):
        _require_each_once([str(tag).replace("_", "-").lower() for tag in given])
    return given


def _require_each_once(tags: list[str]) -> None:
    twice = sorted({tag for tag in tags if tags.count(tag) > 1})
    if twice:
        raise InvalidValue(reason("allowed.languages_once", tuple(twice)))


def _tag(text: str) -> str:
    return text and language_tag(text)


Translations = Annotated[
    dict[Annotated[str, AfterValidator(_tag)], CustomerText],
    Field(min_length=1),
    BeforeValidator(_by_language),
]
"""A text for each language tag; a text alone is one for everybody."""


def text_for(texts: Mapping[str, CustomerText], *languages: str) -> CustomerText | None:
    """
    Return the text in the first of *languages* that has one: `pt` serves whoever reads `pt-BR`.

    None: there is no text that this reader should get, and the letter says what its template says.
    """
    known = {tag.lower(): text for tag, text in texts.items()}
    for language in languages:
        for tag in broader_tags(language):
            if tag in known:
                return known[tag]
    return texts.get(EVERYBODY)


def on_record(texts: Mapping[str, CustomerText]) -> CustomerText:
    """Return the text that stands for all of them where one is kept: the English one, or the first."""
    return text_for(texts, _ENGLISH) or next(iter(texts.values()))
