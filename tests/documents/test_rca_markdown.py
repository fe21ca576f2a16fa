"""
The internal RCA as a file in Markdown: what is written can be read, and what is wrong with it is told with its line.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.rca_reader import is_markdown, read_rca
from documents.rca_writer import write_rca
from escalation.case.rca_content import InternalRca
from escalation.kernel.refusals import Fault
from planning.playbook.yaml_tree import Unreadable, to_plain
from tests.documents.papers import FILE, a_full_rca

FRAGMENTS = [
    "## Timeline",
    "### x",
    "<!-- a",
    "-->",
    "- a",
    "1. b",
    "\\",
    "a: b",
    "  in",
    "#",
    "<pre>",
    "    ## deep",
    "* c",
    "> quoted",
    "---",
    "plain",
    "",
]
TEXTS = (
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=5).map("\n".join).map(str.strip).filter(bool)
)


def reread(text: str) -> InternalRca:
    tree, faults = read_rca(text.encode(), "rca.md")
    assert () == faults
    written = to_plain(tree)
    written.pop("escalation")
    return InternalRca.model_validate(written)


def faults(*changes: tuple[str, str]) -> list[str]:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return [str(fault) for fault in read_rca(text.encode(), "rca.md")[1]]


def test_a_file_says_all_that_an_rca_has() -> None:
    """
    CLOSE-3: the root cause is where the chain of whys ends; wrapped lines are one; times are in UTC or say otherwise.
    """
    rca = reread(FILE)

    assert "Two deliveries arrived wet." == rca.summary
    assert ("The bay has no roof",) == rca.root_causes
    assert ["09:00 it began", "09:30 it ended"] == [
        f"{moment.at.utctimetuple().tm_hour:02}:{moment.at:%M} {moment.what}" for moment in rca.timeline
    ]
    assert ((), ("The replacement left within a day",), ()) == (
        rca.contributing_factors,
        rca.went_well,
        rca.went_badly,
    )
    assert ("daniel", "2027-03-31", "We build a roof") == tuple(
        str(getattr(rca.corrective_actions[0], name)) for name in ("owner", "due", "for_customers")
    )
    assert (("PRB-77",), "https://example.com/photos") == (rca.problem_records, rca.links[0].url)


def test_what_is_written_is_read_as_it_was() -> None:
    """
    CLOSE-3: a version that is shown can be edited and filed again.
    """
    assert a_full_rca() == reread(write_rca(a_full_rca(), "ACME/4711", hints=True))


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, item=TEXTS)
def test_no_text_is_taken_for_a_heading_a_comment_or_another_item(text: str, item: str) -> None:
    """
    CLOSE-3: whatever people write comes back line by line, blank lines at the most excepted.
    """
    rca = a_full_rca(summary=text, went_well=[item], summary_for_customers=text)

    again = reread(write_rca(rca, "ACME/4711"))

    assert rca.summary == again.summary
    assert rca.went_well == again.went_well
    assert rca.summary_for_customers == again.summary_for_customers


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("## Timeline", "## Time line"), "rca.md:15:1: given the section 'Time line'"),
        (("## Summary\n", "## Summary\n\n## Summary\n"), "rca.md:12:1: given Summary again"),
        (("- 2026-11-20 09:00: it", "- yesterday: it"), "rca.md:17:1: given 'yesterday: it began'"),
        (("### The pallets were wet\n", ""), "a line `### …` first"),
        (("- owner: daniel", "- by: daniel"), "given 'by: daniel'; allowed: `- owner: …`, `- due: …`"),
        (("- The replacement", "The replacement"), "given 'The replacement left within a day'"),
        (("problem_records:", "problems:"), "rca.md:3:1: given 'problems'"),
        (("## What went well\n", ""), "allowed: the section ## What went well"),
        (("## Corrective actions\n", "## Actions\n"), "allowed: the section ## Corrective actions"),
        (("- for customers: We", "- owner: We"), "each once"),
    ],
)
def test_what_is_wrong_with_its_form_is_told_with_its_line(change: tuple[str, str], said: str) -> None:
    """
    CLOSE-3, START-6: missing and unknown sections, lines that say nothing in their section.
    """
    assert any(said in fault for fault in faults(change)), faults(change)


def test_every_fault_is_told_at_once() -> None:
    """
    START-6: with the name that was probably meant.
    """
    found = faults(("## What went well", "## What went wel"), ("- due: 2027", "- until: 2027"))

    assert 3 == len(found)  # an unknown section, a missing one, an unknown field
    assert "did you mean What went well?" in found[0]


def test_without_any_cause_it_is_refused() -> None:
    """
    CLOSE-3: by free form or by whys, at least one.
    """
    chain = FILE[FILE.index("### The pallets") : FILE.index("## Contributing")]

    (said,) = faults((chain, ""))

    end = len(FILE.replace(chain, "").splitlines())
    assert f"rca.md:{end}:1: given no cause; allowed: at least one, in ## Root causes or ## Five whys" == said


def test_front_matter_must_be_names_with_values() -> None:
    """
    START-6.
    """
    assert [
        "rca.md:2:1: given no names with values; allowed: any of: escalation, problem_records, links"
    ] == [
        str(fault)
        for fault in read_rca(b"---\njust text\n---\n" + FILE[FILE.index("# Root") :].encode(), "rca.md")[1]
    ]
    with pytest.raises(Unreadable) as raised:
        read_rca(b"---\na: [\n---\n", "rca.md")
    assert isinstance(raised.value.fault, Fault)


@pytest.mark.parametrize(
    ("data", "source", "expected"),
    [
        (b"", "rca.md", True),
        (b"## Root causes\n", "standard input", True),
        (b"root_causes: [a]\n", "standard input", False),
        (b"## a comment in YAML\nroot_causes: [a]\n", "standard input", False),
        (b"## Root causes\n", "rca.yaml", False),
    ],
)
def test_markdown_is_known_by_its_name_or_by_a_heading(data: bytes, source: str, expected: bool) -> None:
    """
    CLOSE-3: YAML is read as before.
    """
    assert expected is is_markdown(data, source)
