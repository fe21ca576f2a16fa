"""
Files that people hand over (requests, plans, RCAs): YAML or JSON, from a path or standard input, into a model.

Every fault is found at once and told with its place. Knows no command.
"""

import sys
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from escalation.errors import BadRequest, Fault, faults_of
from planning.reading import Node, Unreadable, place_of, plain, read

_Model = TypeVar("_Model", bound=BaseModel)
STANDARD_INPUT = "-"


def read_model(path: str, model: type[_Model], what: str) -> _Model:
    """
    Read *path* (``-``: standard input) as *model*.

    Raises:
        BadRequest: With every fault: file, line and column, what was given, what is allowed.
    """
    tree = read_tree(path, what)
    try:
        return model.model_validate(plain(tree))
    except ValidationError as error:
        told = zip(faults_of(error), error.errors(include_url=False), strict=True)
        faults = (
            fault.model_copy(
                update={
                    "where": f"{place_of(tree, found['loc'], of_key=found['type'] == 'extra_forbidden')} {fault.where}"
                }
            )
            for fault, found in told
        )
        raise BadRequest.because(what, faults) from None


def read_tree(path: str, what: str) -> Node:
    """
    Raises:
        BadRequest: If it cannot be read, or is no well-formed YAML or JSON.
    """
    source = "standard input" if path == STANDARD_INPUT else path
    try:
        data = sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).read_bytes()
        tree, faults = read(data, source)
    except OSError as error:
        fault = Fault(
            where=source, given=error.strerror or "a file that cannot be read", allowed="a readable file"
        )
        raise BadRequest.because(what, (fault,)) from None
    except Unreadable as error:
        raise BadRequest.because(what, (error.fault,)) from None
    if faults:
        raise BadRequest.because(what, faults)
    return tree
