"""Answers to the questions of a new playbook: taken from options, or asked on a terminal; and the file written."""

import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import typer
from rich.text import Text

from entrypoints.cli.new_playbook.outline import Outline
from entrypoints.cli.new_playbook.playbook_writer import write_playbook
from entrypoints.cli.new_playbook.questions import QUESTIONS, Question
from entrypoints.cli.render.playbook_check import examine
from entrypoints.reason_text import say
from entrypoints.terminal import out
from escalation.kernel.reasons import InvalidValue, reason
from escalation.kernel.refusals import BadRequest, Fault, quote_input
from planning.playbook.faults import file_fault
from planning.playbook.loader import parse_playbook

_WANTED = "a new file: nothing is overwritten"


def make_playbook(file: Path, given: Mapping[str, list[str]], *, in_json: bool) -> None:
    """
    Write *file* of the answers *given* by option, and of those that are asked for.

    Raises:
        BadRequest: If an answer is wrong, or the file cannot be written.
    """
    _require_free(file)
    is_complete = all(given[question.option] for question in QUESTIONS if question.default is None)
    is_asked = sys.stdin.isatty() and not in_json and not is_complete
    answers = _by_asking(QUESTIONS, given) if is_asked else _by_options(QUESTIONS, given)
    _save(answers, file)
    examine(file, in_json=in_json)
    if not in_json:
        _print_next_steps(answers, file)


def _require_free(file: Path) -> None:
    """
    Raises:
        BadRequest: If *file* exists, or its folder does not.
    """
    if not str(file).isprintable():
        raise BadRequest.because(
            "the new playbook",
            (Fault(where="FILE", given=quote_input(str(file)), allowed="printable characters"),),
        )
    if file.exists() or file.is_symlink():
        raise _unwritable(file, FileExistsError(17, "it exists"))
    if not file.parent.is_dir():
        raise _unwritable(file, FileNotFoundError(2, f"there is no folder {file.parent}"))


def _unwritable(file: Path, error: OSError) -> BadRequest:
    return BadRequest.because(reason("of.new_playbook"), (file_fault(file, error, _WANTED, "FILE"),))


def _by_options(questions: "Iterable[Question]", given: Mapping[str, list[str]]) -> "Outline":
    """
    Raises:
        BadRequest: With everything that is missing or wrong.
    """
    answers, faults = Outline(), list[Fault]()
    for question in questions:
        faults += _read(answers, question, given[question.option], has_faults=bool(faults))
    if faults:
        raise BadRequest.because(reason("of.new_playbook"), faults)
    return answers


def _read(answers: "Outline", question: "Question", texts: list[str], *, has_faults: bool) -> list[Fault]:
    if texts:
        return [fault for text in texts if (fault := _fault(answers, question, text))]
    if question.default is None:
        return [
            Fault(where=question.option, given="nothing", allowed=f"an answer, such as: {question.example}")
        ]
    return [] if has_faults else _read(answers, question, [question.default(answers)], has_faults=False)


def _fault(answers: "Outline", question: "Question", text: str) -> Fault | None:
    try:
        question.read(answers, text)
    except InvalidValue as error:
        given = quote_input(text)
        return Fault(where=question.option, given=given, allowed=error.allowed, suggestion=error.suggestion)
    return None


def _by_asking(questions: "tuple[Question, ...]", given: Mapping[str, list[str]]) -> "Outline":
    """
    Raises:
        BadRequest: If an option is wrong; a wrong answer is asked again.
    """
    answers = Outline()
    out.print(Text("A first playbook, in a few questions. Ctrl-C ends it, and nothing is written.\n"))
    for question in questions:
        if texts := given[question.option]:
            if faults := _read(answers, question, texts, has_faults=False):
                raise BadRequest.because(reason("of.new_playbook"), faults)
        else:
            _ask(answers, question)
    return answers


def _ask(answers: "Outline", question: "Question") -> None:
    """Ask until there is an answer, and of what repeats until an empty line."""
    default = question.default(answers) if question.default else ""
    _show(question, default)
    taken = 0
    while text := _read_line(default if not taken else "", is_needed=not taken):
        if fault := _fault(answers, question, text):
            _show_fault(fault)
            continue
        taken += 1
        if not question.repeats or text == default:
            break
    out.print()


def _read_line(default: str, *, is_needed: bool) -> str:
    """Return a line; *default* for an empty one, which is asked again if there is none and one *is needed*."""
    while True:
        text = str(typer.prompt("", default="", show_default=False, prompt_suffix="> ")).strip() or default
        if text or not is_needed:
            return text


def _show(question: "Question", default: str) -> None:
    out.print(Text(question.asks, style="bold"))
    hints = [f"for example: {question.example}"]
    hints += ["one a line, an empty line ends"] * question.repeats
    hints += [f"Enter alone: {default}"] * bool(default)
    out.print(Text(f"  ({'; '.join(hints)})", style="dim"))


def _show_fault(fault: Fault) -> None:
    meant = f" Did you mean {fault.suggestion}?" if fault.suggestion else ""
    out.print(Text(f"  Not {say(fault.given)}; allowed: {say(fault.allowed)}.{meant}", style="red"))


def _save(answers: "Outline", file: Path) -> None:
    """
    Raises:
        BadRequest: If the whole is no playbook, or cannot be written.
    """
    text = write_playbook(answers, file)
    parse_playbook(text, file.name)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise _unwritable(file, error) from None


def _print_next_steps(answers: "Outline", file: Path) -> None:
    category, name, first = next(iter(answers.categories)), shlex.quote(str(file)), next(iter(answers.people))
    out.print(Text(f"\nWritten: {file}. Read it, change it, then try it:"))
    for command in (
        f"escalate playbook check {name}",
        f"escalate playbook simulate {name} --category {category} --tz {answers.time_zone}",
        f"ESCALATION_PLAYBOOK={name} escalate serve",
    ):
        out.print(Text(f"  {command}"))
    out.print(Text("and while that serves, in another terminal:"))
    case = f"--issue-type customer_requests --category {category} --priority P2 --reason other"
    customer = "--customer 'ACME:Jo Buyer:jo.buyer@acme.example'"
    for command in (
        f"export ESCALATION_PLAYBOOK={name}",
        f"escalate start --key ACME/1 --subject 'A first try' {case} {customer} --as {first}",
        "escalate show ACME/1",
    ):
        out.print(Text(f"  {command}"))
