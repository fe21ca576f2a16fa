"""
The words of the pages read: what is missing, wrong, or puts in something else than the English that is shipped.

Owns what counts as a fault in `pages.yaml`, as `messages/template_check.py` does for messages, which know no pages.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

from entrypoints.web.page_texts import (
    FALLBACK,
    FILE,
    SHIPPED,
    check_page_texts,
    folders_with,
    languages_in,
    read_page_texts,
)
from escalation.errors import BadRequest
from messages.renderer import MessageRenderer
from messages.template_check import COMPLETE_LANGUAGES, Finding, languages_of
from planning.playbook.yaml_tree import Node, to_plain


def check_page_files(overrides: Path | None = None) -> Iterator[Finding]:
    """All findings in what is shipped and in *overrides*, a folder of the organisation's own."""
    folders = folders_with(overrides)
    english = read_page_texts((SHIPPED,), FALLBACK)
    for tag in sorted({*languages_of(MessageRenderer(overrides)), *languages_in(folders)}):
        file = f"{tag}/{FILE}"
        try:
            own = read_page_texts(folders, tag)
            check_page_texts(tag, read_page_texts(folders, tag, english))
        except BadRequest as refusal:
            yield from (Finding(file, str(fault)) for fault in refusal.faults)
        else:
            found = _differences(file, tag, _phrases(english), _phrases(own))
            yield from (
                found if own else (Finding(file, "is missing: English is used", tag in COMPLETE_LANGUAGES),)
            )


def _differences(file: str, tag: str, english: dict[str, str], own: dict[str, str]) -> Iterator[Finding]:
    for name, phrase in english.items():
        if name not in own:
            yield Finding(file, f"has no words for {name}: English is used", tag in COMPLETE_LANGUAGES)
            continue
        for put_in in sorted(_put_in(own[name]) - _put_in(phrase)):
            yield Finding(file, f"{name} names ${put_in}, which is not put in there")
        for put_in in sorted(_put_in(phrase) - _put_in(own[name])):
            yield Finding(file, f"{name} does not say ${put_in}, as the English does", is_fault=False)


def _put_in(phrase: str) -> set[str]:
    return set(Template(phrase).get_identifiers())


def _phrases(tree: Node | None) -> dict[str, str]:
    """Each phrase by its dotted name."""
    return dict(_flat(to_plain(tree))) if tree else {}


def _flat(tree: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, said in tree.items():
        if isinstance(said, Mapping):
            yield from _flat(said, f"{within}{name}.")
        else:
            yield f"{within}{name}", said
