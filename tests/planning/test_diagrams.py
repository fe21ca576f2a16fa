"""
Pictures of a ladder and of the lifecycle: well-formed, complete, and safe to show.
"""

import re
from xml.etree import ElementTree as ET

import pytest

from escalation.case.lifecycle import LIFECYCLE, State
from planning.playbook import level_diagram, lifecycle_diagram
from planning.playbook.loader import parse_playbook
from planning.playbook.matrix import CategoryTable, category_tables_of
from tests.planning.builders import reference_with, the_reference

SVG = "{http://www.w3.org/2000/svg}"


def ladder_of(category: str) -> CategoryTable:
    return category_tables_of(the_reference(), category=category)[0]


def texts(drawn: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(drawn).iter(f"{SVG}text")]  # noqa: S314 - our own drawing


@pytest.mark.parametrize("table", category_tables_of(the_reference()), ids=lambda table: table.category)
def test_every_ladder_can_be_drawn_whole(table: CategoryTable) -> None:
    """
    MATRIX-1: every level with its contact, every window and every trigger is in both pictures.
    """
    said = " ".join(texts(level_diagram.draw_svg(table, "Reference 1.0")))
    written = level_diagram.draw_mermaid(table)

    for level in table.levels:
        assert level.name in said
        assert all(name in said and name in written for name in level.contacts)
        assert level.longest in said
        assert all(trigger.says in said and trigger.says in written for trigger in level.triggers)
    assert len(table.levels) == len(re.findall(r"^    L\d+\[", written, re.MULTILINE))


def test_a_trigger_that_skips_levels_is_drawn_to_where_it_goes() -> None:
    """
    MATRIX-3: a trigger may name its level.
    """
    table = ladder_of("response_missed")

    assert "a contract penalty falls due → level 3" in " ".join(texts(level_diagram.draw_svg(table, "")))
    assert 'L1 -- "a contract penalty falls due" --> L3' in level_diagram.draw_mermaid(table)
    assert f"-.-> L{table.executive_level}" in level_diagram.draw_mermaid(table)


def test_texts_stay_texts_in_a_picture() -> None:
    """
    A playbook cannot bring shapes, scripts or syntax into a document.
    """
    evil = "'a \"bad\" <script>alert(1)</script> & `review`; end #1'"
    playbook = parse_playbook(reference_with(("bad_review: a bad review", f"bad_review: {evil}")))
    (table,) = category_tables_of(playbook, category="complaint")

    drawn, written = level_diagram.draw_svg(table, "R"), level_diagram.draw_mermaid(table)

    assert any("<script>alert(1)</script>" in text for text in texts(drawn))
    assert "<script" not in drawn
    assert "<script" not in written
    assert '"bad"' not in written


def test_the_lifecycle_is_drawn_from_its_table() -> None:
    """
    Section 11: every state, and every move that changes it.
    """
    said = texts(lifecycle_diagram.draw_lifecycle())

    assert set(State) <= set(said)
    moves = " ".join(text for text in said if text not in set(State))
    assert all(word in moves for row in LIFECYCLE if row.target for word in row.move.words.split())
