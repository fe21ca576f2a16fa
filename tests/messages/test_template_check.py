"""
`escalate message check` finds what would reach a reader broken, and lets pass what would not.
"""

from collections.abc import Callable
from pathlib import Path

from messages.catalogue import Finding
from messages.template_check import check_templates

Written = Callable[[str, str], Path]
LAYOUT = '{% extends "layout.txt" %}\n{% block title %}Hello{% endblock %}\n'


def found(folder: Path) -> dict[str, list[str]]:
    """Faults by file, relative to the *folder*."""
    faults: dict[str, list[str]] = {}
    for finding in check_templates(folder):
        if finding.is_fault:
            faults.setdefault(finding.file.removeprefix(f"{folder}/"), []).append(finding.what)
    return faults


def test_what_is_shipped_has_no_fault_and_no_warning() -> None:
    """COMM-9: en, id and tr are complete."""
    assert () == check_templates()


MISTAKES = {
    # a mistyped file would never be used
    "tr/customer/case_recieved.txt": ("x", "there is no such message; did you mean case_received.txt?"),
    "tr/customers/case_received.txt": ("x", "no audience is called customers"),
    # it would fail for whoever reads it
    "tr/customer/case_received.txt": (
        LAYOUT + "{% block body %}{{ unclosed",
        "line 3: unexpected end of template",
    ),
    "en/customer/case_received.txt": (
        LAYOUT + "{% block body %}{{ why }}{% endblock %}",
        "names why, which is no fact",
    ),
    "id/customer/rca.txt": ("Only a subject\n", "has no subject, or nothing after it"),
    "tr/customer/update.txt": (LAYOUT + "{% block body %}{{ text }}{% endblock %}", "None is shown"),
    "tr/customer/rca.txt": (
        LAYOUT + "{% block body %}{{ text | safe }}{% endblock %}",
        "No filter named 'safe'",
    ),
    "tr/customer/digest.txt": ("Hello\n\n{{ recipent }}", "names recipent, which is no fact"),
    # it would come out wrong
    "en/customer/update.txt": (LAYOUT + "{% block boddy %}x{% endblock %}", "has a block boddy"),
    "id/customer/update.txt": ("Hello\n\nNothing of the next update", "does not say next_update_at"),
    "id/customer/case_received.txt": (LAYOUT + "{% block body %}x{% endblock %}", "does not say resolve_by"),
    "tr/customer/survey.txt": ("Hello\n\nNo link", "does not show the link to answer by"),
    # nobody would ever read the answer
    "id/customer/resolved.txt": ("Hello\n\nAll is well. {{ email }}", "does not show the customer's page"),
    "en/customer/resolved.txt": ("Hello\n\nAll is well. Tell us if not!", "shows no way to answer"),
    "id/customer/access_question.txt": (
        "Hello\n\nDoes it work? {{ link }}",
        "asks for an answer, and without a link shows no way to give it",
    ),
    "tr/customer/closed.txt": ("Hello\n\n{{ '{{ owner }}' }}", "shows '{{' to its reader"),
}


def test_every_fault_is_told_at_once_with_its_file(written: Written) -> None:
    """Whoever mends them wants the whole list."""
    folders = {written(path, content) for path, (content, _) in MISTAKES.items()}

    faults = found(folders.pop())

    assert {} == {
        path: said for path, (_, said) in MISTAKES.items() if said not in " ".join(faults.get(path, ()))
    }
    assert set() == {path for path in faults if path not in MISTAKES}


def test_a_page_that_trusts_texts_is_found(written: Written) -> None:
    """COMM-6: a page of the organisation's own that marks texts as safe would run what customers write."""
    faults = found(written("frame.html", "{% autoescape false %}<p>{{ title }}</p>{% endautoescape %}"))

    assert any("puts text in as HTML" in what for what in faults["en/customer/case_received.txt"])


def test_what_a_new_language_lacks_is_a_warning(written: Written) -> None:
    """COMM-9: English stands in, so messages can leave; what is still to be translated is listed."""
    folder = written("pt/customer/closed.txt", "Olá\n\nCaro {{ recipient }}\n{{ email }} {{ page }}\n")

    findings = check_templates(folder)

    assert [] == [finding for finding in findings if finding.is_fault]
    assert Finding("pt/customer/case_received.txt", "is missing: English is used", is_fault=False) in findings
    assert Finding("pt/words.po", "is missing: English is used", is_fault=False) in findings
    assert "pt/customer/closed.txt" not in {finding.file for finding in findings}


BETTER_NAMES = {
    "tr_TR": "call the folder tr-tr",
    "pt-BR": "call the folder pt-br",
    "turkish": "a language tag",
}


def test_a_folder_that_no_letter_is_read_from_is_a_fault(tmp_path: Path) -> None:
    """COMM-9: a language is found under one name."""
    for folder in BETTER_NAMES:
        (tmp_path / folder / "customer").mkdir(parents=True)
        (tmp_path / folder / "customer" / "case_received.txt").write_text(
            "Hello\n\nHello\n", encoding="utf-8"
        )

    findings = check_templates(tmp_path)

    for folder, better in BETTER_NAMES.items():
        (found,) = (each for each in findings if each.file == str(tmp_path / folder))
        assert found.is_fault
        assert better in found.what
