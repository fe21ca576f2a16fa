"""
Loader of playbook files: as many faults as possible at once, each with its place.

Owns the way from bytes to a checked ``Playbook``, and the meaning of ``extends``.
"""

# Theory of operation
#
#     bytes -> tree with places (yaml_tree.py) -> merged over what it extends
#           -> form checked by pydantic (schema.py) -> parts checked together (checks.py)
#
# Trees are merged, not playbooks, so that each value keeps the place in its own file. Checks know no places: they give
# paths, and the tree gives the place of a path. Where the form has faults, the faulty parts are left out and the rest
# is checked all the same (faulty_parts.py), so that one typing error does not hide the other faults.

import types
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from escalation.case.lifecycle import NOBODYS
from escalation.kernel.reasons import Part, reason
from escalation.kernel.refusals import BadRequest, Fault, findings_of, nearest, quote_input
from planning.plain_files import read_plain
from planning.playbook import yaml_tree
from planning.playbook.checks import check_open_hours, check_playbook
from planning.playbook.faults import MOST_SHOWN, Finding, Path, file_fault, limit_faults, list_names
from planning.playbook.faulty_parts import KEY, check_without_faulty, path_of
from planning.playbook.playbook_warnings import warnings_of
from planning.playbook.schema import Playbook
from planning.playbook.value_types import ID_FORM, ID_PATTERN
from planning.playbook.yaml_tree import Mapping, Node, Scalar, Unreadable

__all__ = [
    "Playbook",
    "PlaybookExamination",
    "examine_playbook",
    "list_files",
    "load_playbook",
    "parse_playbook",
]

_LONGEST_CHAIN = 5
_ALSO_CALLED = {"schedules": "rotas", "on_call": "rotas"}
"""Names that other programs use, with ours."""


def load_playbook(path: FilePath) -> Playbook:
    """
    Return the playbook in the file at *path*.

    Raises:
        BadRequest: With every fault, each with its file, line and column.
    """
    return _load(_bytes_of(path), path.name, path.parent)


def list_files(path: FilePath) -> tuple[FilePath, ...]:
    """Return the file at *path* and those that it extends, in order; as far as they can be read."""
    found = [path]
    while len(found) <= _LONGEST_CHAIN and (name := _extends_of(found[-1])):
        found.append(path.parent / name)
    return tuple(dict.fromkeys(found))


def _extends_of(path: FilePath) -> str | None:
    try:
        own = yaml_tree.to_plain(yaml_tree.read_yaml(_bytes_of(path), path.name)[0])
    except (BadRequest, Unreadable):
        return None
    name = own.get("extends") if isinstance(own, dict) else None
    return name if isinstance(name, str) and FilePath(name).name == name else None


def parse_playbook(text: str, source: str = "playbook") -> Playbook:
    """
    Return the playbook in *text*; *source* names it in faults. It cannot extend another file.

    Raises:
        BadRequest: With every fault, each with its line and column.
    """
    return _load(text.encode("utf-8", errors="surrogatepass"), source, None)


class PlaybookExamination(NamedTuple):
    """Result of an examination: the playbook, its faults and its warnings."""

    playbook: Playbook | None
    """None if it has faults."""
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    """Valid parts that are odd, with what would be better; looked for where there are no faults."""
    is_complete: bool = True
    """False if the faults hide others, which show once these are fixed."""


def examine_playbook(path: FilePath, now: datetime) -> PlaybookExamination:
    """Examine the file at *path* for faults and warnings, some of which depend on *now*."""
    try:
        whole = _read_chain(_bytes_of(path), path.name, path.parent, (path.name,))
    except Unreadable as unreadable:
        return PlaybookExamination(None, (unreadable.fault,), (), is_complete=False)
    except BadRequest as refused:
        return PlaybookExamination(None, refused.faults, (), is_complete=False)
    playbook, faults, is_complete = _examine(whole, path.parent)
    if playbook and not faults:
        faults = tuple(_place_findings(whole.node, check_open_hours(playbook, now)))
    if faults or playbook is None:
        return PlaybookExamination(None, faults, (), is_complete)
    odd = _place_findings(whole.node, warnings_of(playbook, now))
    return PlaybookExamination(playbook, (), tuple(odd))


def _bytes_of(path: FilePath) -> bytes:
    try:
        return read_plain(path, yaml_tree.LARGEST_FILE)
    except OSError as error:
        fault = file_fault(path, error, "a playbook that can be read")
        raise BadRequest.because(reason("of.playbook", path.name), (fault,)) from None


class _MergedFile(NamedTuple):
    """A file, merged with all that it extends."""

    node: Node
    faults: tuple[Fault, ...]
    sha256: str


def _load(data: bytes, source: str, folder: FilePath | None) -> Playbook:
    try:
        whole = _read_chain(data, source, folder, (source,))
    except Unreadable as unreadable:
        raise BadRequest.because(reason("of.playbook", source), (unreadable.fault,)) from None
    playbook, faults, _ = _examine(whole, folder)
    if faults or playbook is None:
        raise BadRequest.because(reason("of.playbook", source), faults)
    return playbook


def _examine(whole: _MergedFile, folder: FilePath | None) -> tuple[Playbook | None, tuple[Fault, ...], bool]:
    """Return the playbook, its faults, and whether these are all."""
    playbook, found, is_complete = _validate(yaml_tree.to_plain(whole.node), folder)
    faults = (*whole.faults[:MOST_SHOWN], *_place_findings(whole.node, found))
    return playbook and playbook.read_from(folder, whole.sha256), faults, is_complete


def _read_chain(data: bytes, source: str, folder: FilePath | None, chain: tuple[str, ...]) -> _MergedFile:
    """
    Raises:
        Unreadable: If this file, or one that it extends, cannot be read at all.
    """
    own, faults = yaml_tree.read_yaml(data, source)
    digest = sha256(data).hexdigest()
    extends = own.entries.pop("extends", None) if isinstance(own, Mapping) else None
    if extends is None:
        return _MergedFile(own, faults, digest)
    name = _extended_name(extends.node, folder, chain)
    assert folder is not None
    base = _read_chain(_bytes_of(folder / name), name, folder, (*chain, name))
    both = sha256(f"{base.sha256} {digest}".encode()).hexdigest()
    return _MergedFile(yaml_tree.merge(base.node, own), (*base.faults, *faults), both)


def _extended_name(node: Node, folder: FilePath | None, chain: tuple[str, ...]) -> str:
    """Return the name of the file that is extended."""
    name = node.text if isinstance(node, Scalar) else None
    if not name or FilePath(name).name != name or folder is None:
        allowed = "the name of a file in the same folder" if folder else "nothing: this text is in no folder"
        raise Unreadable(node.place, quote_input(yaml_tree.to_plain(node)), allowed, "extends")
    if name in chain or len(chain) >= _LONGEST_CHAIN:
        raise Unreadable(
            node.place,
            f"{quote_input(name)}, by way of {list_names(chain)}",
            "files that do not extend each other in turn",
            "extends",
        )
    if not (folder / name).is_file():
        near = nearest(name, (file.name for file in folder.glob("*.yaml")))
        raise Unreadable(
            node.place,
            f"{quote_input(name)}, which does not exist",
            f"a file in the same folder{near and f', such as {near}'}",
            "extends",
        )
    return name


def _validate(data: Any, folder: FilePath | None) -> tuple[Playbook | None, list[Finding], bool]:
    """
    Return the playbook if its form is valid, all findings, and whether everything could be checked.

    The form comes first. Where only some parts have faults, they are left out and the rest is checked too, so that one
    typing error does not hide the others.
    """
    try:
        playbook = Playbook.model_validate(data)
    except ValidationError as error:
        found = list(limit_faults(_findings_of_form(error)))
        rest = check_without_faulty(data, error, folder)
        return None, found + [more for more in rest or () if not more.is_absence], rest is not None
    return playbook, list(check_playbook(playbook, folder)), True


def _findings_of_form(error: ValidationError) -> Iterator[Finding]:
    for fault, details in findings_of(error):
        path, written = path_of(details["loc"]), details["input"]
        given = reason("nothing") if written is None else fault.given
        if path[:1] == ("rotas",) and "://" in str(written):
            given = "an address (not shown)"  # it can be all that keeps a calendar from others
        known = _known_names(details["type"], path, details.get("ctx", {}))
        is_of_key = details["loc"][-1:] == (KEY,)
        if details["type"] == "extra_forbidden":
            given, written, is_of_key = f"the field {quote_input(path[-1])}", path[-1], True
        allowed = list_names(known) if known else _describe_allowed(details, path, fault.allowed)
        suggestion = nearest(str(written), known, _ALSO_CALLED) if known else fault.suggestion
        yield Finding(path, given, allowed, suggestion, is_of_key=is_of_key)


def _describe_allowed(details: ErrorDetails, path: Path, otherwise: Part) -> Part:
    if details.get("ctx", {}).get("pattern") == ID_PATTERN:
        return ID_FORM
    if details["type"] == "model_type" and "holidays" in path:
        return "a mapping, such as {country: US}"
    return otherwise


def _known_names(kind: str, path: Path, context: dict[str, Any]) -> list[str]:
    """Return the names that are possible: fields of the model at *path*, or values of an enumeration."""
    if kind == "extra_forbidden":
        model = _model_at(Playbook, path[:-1])
        return [field.alias or name for name, field in model.model_fields.items()] if model else []
    if kind != "enum":
        return []
    names = [name.strip("'") for name in str(context["expected"]).replace(" or ", ", ").split(", ")]
    return [name for name in names if name not in NOBODYS]


def _model_at(annotation: Any, path: Path) -> type[BaseModel] | None:
    """Return the model that the schema has at *path*."""
    annotation = _strip_annotation(annotation)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    if not path:
        return annotation if is_model else None
    if is_model:
        field = annotation.model_fields.get(path[0])
        return _model_at(field.annotation, path[1:]) if field else None
    inner = get_args(annotation)
    if get_origin(annotation) is dict:
        return _model_at(inner[1], path[1:])
    return _model_at(inner[0], path[1:]) if inner else None


def _strip_annotation(annotation: Any) -> Any:
    """Return *annotation* without ``Annotated`` and ``| None``."""
    while True:
        if hasattr(annotation, "__metadata__"):
            annotation = annotation.__origin__
        elif get_origin(annotation) in {Union, types.UnionType}:
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        else:
            return annotation


def _place_findings(node: Node, found: Iterable[Finding]) -> list[Fault]:
    """Return the findings as faults with their places, in the order of the file."""
    placed = []
    for fault in found:
        path = yaml_tree.path_written(node, fault.path)
        place = yaml_tree.place_of(node, path, of_key=fault.is_of_key)
        placed.append((place, fault.as_fault(path, place)))
    return [fault for _, fault in sorted(placed, key=lambda pair: pair[0])]
