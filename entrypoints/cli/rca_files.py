"""
RCA files: an internal RCA in Markdown with front matter, or in YAML or JSON, read with every fault and its line.

Knows the people that an escalation has, so that an owner whom nobody knows is reported with the line; no command.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from documents import rca_reader as markdown
from entrypoints.files import bytes_at
from escalation.case.rca_content import InternalRca
from escalation.case.rca_on_file import merge_rcas
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, faults_of, findings_of, nearest, quote_input
from planning.playbook import yaml_tree
from planning.playbook.yaml_tree import Mapping, Node, Unreadable, place_fault, place_of, to_plain

_WHAT = "the RCA"


@dataclass(frozen=True)
class RcaFile:
    tree: Node
    rca: InternalRca

    def unknown_owners(self, known: Collection[str]) -> Iterator[Fault]:
        for index, action in enumerate(self.rca.corrective_actions):
            if action.owner not in known:
                yield Fault(
                    where=f"corrective_actions.{index}.owner",
                    place=place_of(self.tree, ("corrective_actions", index, "owner")),
                    given=quote_input(action.owner),
                    allowed="somebody whom the escalation or the playbook knows",
                    suggestion=nearest(action.owner, known),
                )


def read_files(paths: Sequence[str], key: str) -> tuple[RcaFile, ...]:
    """
    The RCAs at *paths*, which are about *key* where they say what they are about.

    Raises:
        BadRequest: With every fault in all of them.
    """
    files: list[RcaFile] = []
    faults: list[Fault] = []
    for path in paths:
        data, source = bytes_at(path, _WHAT)
        is_markdown = markdown.is_markdown(data, source)
        tree, found = _without_key(*_read(data, source, is_markdown), key)
        rca, wrong = _rca(tree, is_markdown)
        faults += (*found, *wrong)
        if rca:
            files.append(RcaFile(tree, rca))
    if faults:
        raise BadRequest.because(reason("of.an_rca"), faults)
    return tuple(files)


def merge_files(files: Sequence[RcaFile]) -> InternalRca:
    """
    Raises:
        BadRequest: If together they are more than one RCA may be.
    """
    if len(files) == 1:
        return files[0].rca
    try:
        return merge_rcas([file.rca for file in files])
    except ValidationError as error:
        raise BadRequest.because(reason("of.rca_of_files", len(files)), faults_of(error)) from None


def _read(data: bytes, source: str, is_markdown: bool) -> tuple[Node, tuple[Fault, ...]]:
    try:
        return markdown.read_rca(data, source) if is_markdown else yaml_tree.read_yaml(data, source)
    except Unreadable as error:
        raise BadRequest.because(reason("of.an_rca"), (error.fault,)) from None


def _without_key(tree: Node, faults: tuple[Fault, ...], key: str) -> tuple[Node, tuple[Fault, ...]]:
    """Take out the escalation that it is about, which is no part of the RCA; another one than *key* is a slip."""
    about = tree.entries.get("escalation") if isinstance(tree, Mapping) else None
    if not isinstance(tree, Mapping) or about is None:
        return tree, faults
    entries = {name: entry for name, entry in tree.entries.items() if name != "escalation"}
    named = to_plain(about.node)
    if named != key:
        faults = (
            *faults,
            Fault(where="escalation", place=about.place, given=quote_input(named), allowed=key),
        )
    return Mapping(tree.place, entries), faults


def _rca(tree: Node, is_markdown: bool) -> tuple[InternalRca | None, tuple[Fault, ...]]:
    """Check the RCA; sections that are missing in a Markdown file were reported by its reader."""
    try:
        return InternalRca.model_validate(to_plain(tree)), ()
    except ValidationError as error:
        return None, tuple(
            place_fault(fault, found, tree)
            for fault, found in findings_of(error)
            if not (is_markdown and found["type"] == "missing" and len(found["loc"]) == 1)
        )
