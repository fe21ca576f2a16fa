"""
The text of a first playbook, in the form of ``playbook.yaml`` beside this file.

Owns what the answers do not say: windows that grow from level to level, and texts of holding updates.
"""

import os
import shlex
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from ruamel.yaml import YAML

from entrypoints.cli.new_playbook.outline import Outline
from runtime.settings import ROOT

_BOUNDS = ("30 min", "1 h", "2 h", "4 h", "8 h", "16 h", "24 h", "32 h", "40 h")
"""Between two of them lies the window of a level, so that each has more time than the one below."""
_SCHEMA = ROOT / "playbooks" / "playbook.schema.json"
_VERY_WIDE = 10_000


def write_playbook(answers: Outline, file: Path) -> str:
    """Return the playbook that *answers* make, as it is written into *file*."""
    forms = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is YAML: each value goes through the filter `yaml`
    )
    forms.filters["yaml"] = _as_yaml
    return forms.get_template("playbook.yaml").render(
        answers=answers,
        file=shlex.quote(str(file)),
        schema=os.path.relpath(_SCHEMA, file.resolve().parent),
        windows=[f"{low} - {high}" for low, high in pairwise(_BOUNDS)],
        next_year=datetime.now(UTC).year + 1,
    )


def _as_yaml(value: Any) -> str:
    """Return *value* on one line, quoted only where it must be."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style, writer.allow_unicode, writer.width = True, True, _VERY_WIDE
    stream = StringIO()
    writer.dump(value, stream)
    return stream.getvalue().removesuffix("\n").removesuffix("\n...").strip()
