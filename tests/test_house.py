"""
The house keeps its measures: no figure is worse than its limit, and the measures see what they are for.
"""

import ast

import pytest

from tests.house import measures
from tests.house.__main__ import figures
from tests.house.limits import LIMITS, SAME_IDEA, Limit
from tests.house.source import House, Source, read_house


def test_no_figure_is_worse_than_its_limit() -> None:
    """`python -m tests.house --list NAME` lists the places behind a figure."""
    found = figures(read_house())

    assert list(LIMITS) == [each.name for each in found]
    assert {} == {each.name: each.value for each in found if each.verdict == "WORSE"}


@pytest.mark.parametrize(
    ("limit", "value", "is_kept", "is_reached"),
    [
        (Limit(7, 0), 8, False, False),
        (Limit(7, 0), 7, True, False),
        (Limit(7, 0), 0, True, True),
        (Limit(0.5, 3, is_floor=True), 0.4, False, False),
        (Limit(0.5, 3, is_floor=True), 3, True, True),
    ],
)
def test_a_limit_holds_in_its_direction(limit: Limit, value: float, is_kept: bool, is_reached: bool) -> None:
    assert (is_kept, is_reached) == (limit.is_kept_by(value), limit.is_reached_by(value))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def change(self, **values: Any) -> None: ...", 1),
        ("def change(self, level: int) -> None: ...", 0),
        ("state.model_copy(update={'level': 3})", 1),
        ("object.__setattr__(state, 'level', 3)", 1),
    ],
)
def test_an_unchecked_change_is_noticed(source: str, found: int) -> None:
    assert found == len(list(measures.unchecked_in(ast.parse(source))))


@pytest.mark.parametrize(
    ("docstring", "is_clause"),
    [
        ("What a workflow is built on.", True),
        ("Whether it is open.", True),
        ("It waits.", True),
        ("Return what is open.", False),
        ("Whole hours of a day.", False),
        ("Base class of our workflows.", False),
    ],
)
def test_a_clause_at_the_beginning_is_noticed(docstring: str, is_clause: bool) -> None:
    found = measures.clauses([Source("a.py", f'def f():\n    """\n    {docstring}\n    """')])

    assert is_clause == bool(found)


def test_a_cycle_between_rooms_is_noticed() -> None:
    """Files that lie beside the rooms of a folder count as a room of its name."""
    kernel = Source("escalation/kernel/work.py", "from escalation.case.state import Case")
    case = Source("escalation/case/state.py", "import escalation.kernel.work")
    ids = Source("escalation/kernel/ids.py", "")

    assert ["escalation.case", "escalation.kernel"] == measures.rooms_in_a_cycle(house(kernel, case, ids))
    assert [] == measures.rooms_in_a_cycle(house(kernel, ids))


def test_twins_are_noticed() -> None:
    """One name in two rooms, and a singular beside its plural."""
    twins = house(
        *(Source(path, "") for path in ("a/form.py", "a/forms.py", "a/page.py", "b/page.py", "b/state.py"))
    )

    assert ["a/form.py", "a/page.py", "b/page.py"] == measures.twin_files(twins)


def test_a_file_that_is_named_after_something_else_is_no_twin() -> None:
    """A command of the word that is typed, a drawing of what it draws; among other rooms the name still counts."""
    paths = ("cli/commands/rca/show.py", "cli/commands/show.py", "cli/render/case.py", "workflows/case.py")

    assert [] == measures.twin_files(house(*(Source(f"entrypoints/{path}", "") for path in paths)))


def test_each_name_that_may_be_shared_is_shared() -> None:
    """An exception that no two files need leaves the list."""
    product = read_house().product
    folders = {name: {source.path for source in product if source.stem == name} for name in SAME_IDEA}

    assert [] == [name for name, paths in folders.items() if len(paths) < 2]


def test_gerunds_and_bare_participles_are_noticed() -> None:
    """A command may end with a participle: it begins with a verb."""
    paths = (
        "a/waiting.py",
        "a/cases_waiting.py",
        "a/told.py",
        "a/declared.py",
        "a/declare_resolved.py",
        "a/feed.py",
    )

    assert ["a/waiting.py", "a/cases_waiting.py", "a/declared.py"] == measures.gerunds(
        house(*(Source(path, "") for path in paths))
    )


def test_only_comments_that_explain_are_counted() -> None:
    assert 1 == measures.count_comments(
        '"""# no"""\nimport a  # noqa: F401\n# Each day has a noon.\nb = "#"\n'
    )


def test_a_name_that_is_given_twice_is_noticed() -> None:
    contract = Source("escalation/contract.py", 'OPEN = "open"')
    again = Source("workflows/case.py", '@workflow.query(name="open")\ndef f(): ...')

    assert ["workflows/case.py:1 open"] == measures.wire_names_twice(house(contract, again))


@pytest.mark.parametrize(
    ("path", "line", "is_own"),
    [
        ("escalation/policy/spans.py", "re.compile(r'h')", False),
        ("clients/moves.py", "re.search(r'allowed', str(error))", True),
        ("clients/moves.py", 'text.partition("; allowed now: ")', True),
    ],
)
def test_an_expression_over_own_text_is_noticed(path: str, line: str, is_own: bool) -> None:
    assert is_own == measures.reads_own_text(path, line)


def house(*product: Source) -> House:
    return House(product=product, others=(), stated_rules=frozenset())
