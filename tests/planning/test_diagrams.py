"""
Diagrams of levels and of the lifecycle: complete, well formed, and safe to show.
"""

import re
from xml.etree import ElementTree as ET

import pytest

from escalation.case.lifecycle import State, diagram
from planning.mermaid import render_svg
from planning.playbook.level_diagram import draw_levels
from planning.playbook.loader import parse_playbook
from planning.playbook.matrix import CategoryTable, category_tables_of
from tests.planning.builders import reference_with, the_reference


def levels_of(category: str) -> CategoryTable:
    return category_tables_of(the_reference(), category=category)[0]


def words_of(svg: str) -> str:
    return " ".join(ET.fromstring(svg).itertext())  # noqa: S314 - our own drawing


@pytest.mark.parametrize("table", category_tables_of(the_reference()), ids=lambda table: table.category)
def test_every_level_of_a_category_is_drawn(table: CategoryTable) -> None:
    """
    MATRIX-1: every level with its contact, every window and every trigger is in the diagram.
    """
    written = draw_levels(table)

    for level in table.levels:
        assert f"<b>{level.name}</b>" in written
        assert all(name in written for name in level.contacts)
        assert level.longest in written
        assert all(trigger.says in written for trigger in level.triggers)
    assert len(table.levels) == len(re.findall(r"^    L\d+\[", written, re.MULTILINE))


def test_a_trigger_that_skips_levels_is_drawn_to_where_it_goes() -> None:
    """
    MATRIX-3: a trigger may name its level.
    """
    table = levels_of("response_missed")

    assert 'L1 -- "a contract penalty falls due" --> L3' in draw_levels(table)
    assert f"-.-> L{table.executive_level}" in draw_levels(table)


def test_texts_stay_texts_in_a_picture() -> None:
    """
    A playbook cannot bring shapes, scripts or syntax into a document.
    """
    evil = "'a \"bad\" <script>alert(1)</script> & `review`; end #1'"
    playbook = parse_playbook(reference_with(("bad_review: a bad review", f"bad_review: {evil}")))
    (table,) = category_tables_of(playbook, category="complaint")

    written = draw_levels(table)
    drawn = render_svg(written, "A <b>title</b>")

    assert "<script" not in written
    assert '"bad"' not in written
    assert "<script" not in drawn
    assert "<script>alert(1)</script>" in words_of(drawn)
    assert all(level.name.split()[0] in words_of(drawn) for level in table.levels)


def test_the_lifecycle_is_drawn_as_a_picture_too() -> None:
    """
    Section 11: every state, with nothing that is fetched.
    """
    drawn = render_svg(diagram(), "The lifecycle")

    assert all(state in words_of(drawn) for state in State)
    assert "http" not in re.sub(r"http://www\.w3\.org/", "", drawn)
