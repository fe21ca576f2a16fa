"""
The words of the pages, by language: `playbooks/messages/LANGUAGE/pages.yaml`, and the organisation's own before them.

Owns which languages there are, and which is nearest to a reader's. Must not know HTML: words are plain text, in which
`$reference` and `$who` are put in.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from entrypoints.files import as_model, read_tree
from planning.playbook.yaml_tree import Node, merge
from runtime.settings import ROOT

SHIPPED = ROOT / "playbooks" / "messages"
FILE = "pages.yaml"
FALLBACK = "en"
KNOWN = {"reference", "who"}
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def _names_only_what_there_is(text: str) -> str:
    template = Template(text)
    if not template.is_valid() or not KNOWN.issuperset(template.get_identifiers()):
        raise ValueError("words in which $reference and $who are put in, and $$ is a dollar")
    return text


Phrase = Annotated[str, AfterValidator(_names_only_what_there_is)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1)


class PlainPage(_Said):
    """A page that only says something."""

    title: Phrase
    text: Phrase


class FactNames(_Said):
    reference: Phrase
    subject: Phrase
    problem: Phrase
    priority: Phrase
    level: Phrase
    owner: Phrase
    due: Phrase
    mission: Phrase
    seat: Phrase
    lead: Phrase
    answer_by: Phrase
    accounts: Phrase


class AcknowledgeTexts(_Said):
    title: Phrase
    text: Phrase
    who: Phrase
    choose: Phrase
    button: Phrase
    mistake: Phrase
    done: PlainPage
    already: PlainPage
    not_now: PlainPage


class AnswerTexts(_Said):
    """Of every page with a choice and a comment."""

    title: Phrase
    text: Phrase
    answer: Phrase
    comment: Phrase
    hint: Phrase
    button: Phrase
    mistake: Phrase
    done: PlainPage
    already: PlainPage
    not_now: PlainPage


class AccessTexts(AnswerTexts):
    yes: Phrase
    no: Phrase
    still_broken: PlainPage


class SurveyTexts(AnswerTexts):
    score_1: Phrase
    score_2: Phrase
    score_3: Phrase
    score_4: Phrase
    score_5: Phrase
    ended: PlainPage


class SeatTexts(AnswerTexts):
    yes: Phrase
    no: Phrase
    declined: PlainPage
    ended: PlainPage


class PageTexts(_Said):
    """Everything that pages say in one language."""

    facts: FactNames
    acknowledge: AcknowledgeTexts
    access: AccessTexts
    survey: SurveyTexts
    seat: SeatTexts
    ended: PlainPage
    earlier: PlainPage
    refused: PlainPage
    expired: PlainPage
    unknown: PlainPage
    unreadable: PlainPage
    away: PlainPage
    fault: PlainPage


class Languages:
    """
    The words shipped, under those in *overrides*: what one language lacks is said in English.

    Raises:
        BadRequest: With the faults of the first file that has any.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        folders = folders_with(overrides)
        english = read_page_texts(folders, FALLBACK)
        english_first = sorted(languages_in(folders), key=lambda tag: (tag != FALLBACK, tag))
        self._words = {
            tag: check_page_texts(tag, read_page_texts(folders, tag, english)) for tag in english_first
        }

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(sorted(self._words))

    def words(self, tag: str) -> PageTexts:
        return self._words[tag]

    def nearest(self, wanted: str) -> str:
        """The language for a reader who prefers *wanted*."""
        return next((tag for tag in _broader(wanted) if tag in self._words), FALLBACK)

    def accepted(self, header: str) -> str:
        """The language for a reader of whom only the `Accept-Language` header is known."""
        wanted = (part.partition(";")[0].strip() for part in header.split(",")[:10])
        return next((tag for each in wanted for tag in _broader(each) if tag in self._words), FALLBACK)


def _broader(wanted: str) -> Iterator[str]:
    """`pt-BR` is tried as `pt-br`, then as `pt`."""
    tag = wanted.lower()
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def folders_with(overrides: Path | None) -> tuple[Path, ...]:
    """Where words are looked for; a later one goes before an earlier one."""
    return (SHIPPED,) if overrides is None else (SHIPPED, overrides)


def languages_in(folders: tuple[Path, ...]) -> set[str]:
    tags = (file.parent.name for folder in folders for file in folder.glob(f"*/{FILE}"))
    return set(filter(_TAG.fullmatch, tags))


def read_page_texts(folders: tuple[Path, ...], tag: str, base: Node | None = None) -> Node | None:
    """
    What the files of a language say, over *base*.

    Raises:
        BadRequest: If one of them cannot be read.
    """
    for folder in folders:
        file = folder / tag / FILE
        if file.is_file():
            own = read_tree(str(file), f"{FILE} in {tag}")
            base = own if base is None else merge(base, own)
    return base


def check_page_texts(tag: str, tree: Node | None) -> PageTexts:
    """
    Raises:
        BadRequest: With every fault: file, line and column.
    """
    assert tree, "the English words are shipped"
    return as_model(tree, PageTexts, f"{FILE} in {tag}")
