"""
Files that people hand over (requests, plans, RCAs): YAML or JSON, from a path or standard input, into a model.

Every fault is found at once, and reported with its place. Knows no command.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from escalation.kernel.refusals import BadRequest, Fault, findings_of
from escalation.kernel.values import from_plain
from planning.plain_files import read_plain
from planning.playbook.faults import file_fault
from planning.playbook.yaml_tree import Node, Unreadable, place_fault, place_of, read_yaml, to_plain

_Model = TypeVar("_Model")
STANDARD_INPUT = "-"
_NONE: Mapping[str, Any] = MappingProxyType({})
MoreFaults = Callable[[Mapping[str, Any]], Iterable[Fault]]


def _no_more(_written: Mapping[str, Any]) -> Iterable[Fault]:
    return ()


def read_model(
    path: str,
    model: type[_Model],
    what: str,
    *,
    options: Mapping[str, Any] = _NONE,
    otherwise: Mapping[str, Any] = _NONE,
    below_head: str | None = None,
    more: MoreFaults = _no_more,
) -> _Model:
    """
    Read *path* (``-``: standard input) as *model*. Fields that came as *options* go before what the file says, those
    of *otherwise* stand in for what it leaves out. The text of a Markdown file below its head goes into the field
    *below_head*, if there is one. *more*: what else is wrong with what was written, if anything is.

    Raises:
        BadRequest: With every fault: file, line and column, or the option; what was given, what is allowed.
    """
    data, source = bytes_at(path, what)
    head, below = _parted(data) if below_head else (data, "")
    if below_head and below:
        otherwise = {**otherwise, below_head: below}
    return as_model(_tree(head, source, what), model, what, options=options, otherwise=otherwise, more=more)


def as_model(
    tree: Node,
    model: type[_Model],
    what: str,
    *,
    options: Mapping[str, Any] = _NONE,
    otherwise: Mapping[str, Any] = _NONE,
    more: MoreFaults = _no_more,
) -> _Model:
    """
    Raises:
        BadRequest: With every fault.
    """
    written = to_plain(tree)
    whole = {**otherwise, **written, **options} if isinstance(written, dict) else written
    try:
        return from_plain(model, whole)
    except ValidationError as error:
        found = list(findings_of(error))
        faults = [
            fault if options.keys() & finding["loc"][:1] else place_fault(fault, finding, tree)
            for fault, finding in found
        ]
        reported = {fault.where for fault, _ in found}
        others = [
            fault
            for fault in more(whole if isinstance(whole, dict) else _NONE)
            if fault.where not in reported
        ]
        faults += [_placed(fault, tree, options) for fault in others]
        raise BadRequest.because(what, faults) from None


def _placed(fault: Fault, tree: Node, options: Mapping[str, Any]) -> Fault:
    path = tuple(int(part) if part.isdigit() else part for part in fault.where.split("."))
    if path[0] in options:
        return fault
    return replace(fault, place=place_of(tree, path))


_FENCE = re.compile(rb"^---[ \t]*\r?$", re.MULTILINE)


def _parted(data: bytes) -> tuple[bytes, str]:
    """The YAML head of a Markdown file, between two lines of ``---``, and the text below it; else all is head."""
    fences = list(_FENCE.finditer(data))
    if len(fences) < 2 or data[: fences[0].start()].strip():
        return data, ""
    return data[: fences[1].start()], data[fences[1].end() :].decode(errors="replace").strip()


def _tree(data: bytes, source: str, what: str) -> Node:
    try:
        tree, faults = read_yaml(data, source)
    except Unreadable as error:
        raise BadRequest.because(what, (error.fault,)) from None
    if faults:
        raise BadRequest.because(what, faults)
    return tree


def bytes_at(path: str, what: str) -> tuple[bytes, str]:
    """
    Return the bytes at *path*, and the name of the place in faults.

    Raises:
        BadRequest: If it cannot be read.
    """
    source = "standard input" if path == STANDARD_INPUT else path
    try:
        return sys.stdin.buffer.read() if path == STANDARD_INPUT else read_plain(path), source
    except OSError as error:
        raise BadRequest.because(what, (file_fault(source, error, "a file that can be read"),)) from None
