"""
The matrix as a page to look at and to print: one table for each category, self-contained, no scripts.

The form is in ``matrix.html``; words are those of ``planning.playbook.matrix``.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from planning.playbook.matrix import CategoryTable, PriorityRow
from planning.playbook.schema import Playbook


def make_matrix_page(
    playbook: Playbook, tables: Sequence[CategoryTable], priorities: Sequence[PriorityRow]
) -> str:
    """The whole page as HTML; every text of the playbook is escaped."""
    forms = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    issue_types = [
        (rows[0], rows)
        for _, group in groupby(tables, key=lambda table: table.issue_type)
        for rows in [tuple(group)]
    ]
    return forms.get_template("matrix.html").render(
        name=playbook.name,
        version=playbook.version,
        sha256=playbook.sha256,
        issue_types=issue_types,
        priorities=priorities,
    )
