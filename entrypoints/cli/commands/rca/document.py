"""
``escalate rca draft | show | document``: the RCA as something to write, to read and to hand out.

Asks the escalation what it knows, and leaves how that looks to ``documents``.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from documents.rca_writer import write_rca
from entrypoints.cli.choices import complete_from
from entrypoints.cli.client_call import Json, Key, call_client
from entrypoints.cli.option_values import OptionValues, write_file
from entrypoints.cli.render import escalation
from escalation.case.lifecycle import RcaState
from escalation.case.rca_on_file import RcaOnFile, RcaVersion, proposed_timeline
from escalation.case.request import InternalRca
from escalation.case.view import View
from escalation.kernel.refusals import MoveNotAllowed, UnknownName, quote_input
from escalation.kernel.values import CustomerText
from escalation.policy.people import Contact
from messages.catalogue import languages
from planning.playbook.faults import list_names

if TYPE_CHECKING:
    from client import EscalationClient
    from documents.paper import Paper, PaperContext

app = typer.Typer()

Version = Annotated[
    int | None, typer.Option("--version", help="Of the internal RCA; else the latest.", show_default=False)
]
_AUDIENCES = ("customer", "internal")
_APPROVED = (RcaState.APPROVED, RcaState.SHARED)


@app.command()
def draft(key: Key) -> None:
    """Write a file to fill in: the timeline from the record, and a section for all that an RCA says."""

    async def ask(client: "EscalationClient") -> tuple[RcaOnFile, InternalRca]:
        entries, on_file = await client.timeline(key), await client.rca_on_file(key)
        names = {each.id: each.name for each in await client.people(key)}
        blank = InternalRca(
            root_causes=(),
            corrective_actions=(),
            timeline=proposed_timeline(entries, names),
            problem_records=on_file.problem_records,
        )
        return on_file, blank

    on_file, blank = call_client(ask)
    escalation.write(write_rca(on_file.rca or blank, key, hints=True))


@app.command()
def show(key: Key, version: Version = None, in_json: Json = False) -> None:
    """Show a version of the internal RCA, as the file that it could have come from."""
    on_file = call_client(lambda client: client.rca_on_file(key, version))
    filed, rca = _found(key, on_file, version)
    if in_json:
        escalation.as_json({"version": filed, "versions": on_file.versions, "rca": rca})
    else:
        escalation.write(write_rca(rca, key))


@app.command()
def document(
    key: Key,
    audience: Annotated[
        str,
        typer.Option(
            "--audience",
            metavar="customer|internal",
            help="Who is to read it.",
            autocompletion=complete_from(lambda: ("customer", "internal")),
        ),
    ] = "customer",
    language: Annotated[
        str,
        typer.Option(
            "--lang",
            metavar="|".join(languages()),
            help="The reader's language.",
            autocompletion=complete_from(languages),
        ),
    ] = "en",
    tz: Annotated[str, typer.Option("--tz", metavar="ZONE", help="The reader's time zone.")] = "UTC",
    version: Version = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", show_default=False)] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", show_default=False)] = None,
) -> None:
    """Make a PDF or a page of the RCA: what customers read of it, or all of it for our own people."""
    from documents.layout import as_html, as_pdf
    from documents.paper import PaperContext

    typed = OptionValues()
    there = typed.zone(tz)
    _read(typed, audience, language, version, pdf, html)
    typed.require()

    async def ask(client: "EscalationClient") -> tuple[View, RcaOnFile, tuple[Contact, ...]]:
        return await client.view(key), await client.rca_on_file(key, version), await client.people(key)

    view, on_file, people = call_client(ask)
    about = PaperContext(key, CustomerText(view.subject), view.priority, datetime.now(UTC), language, there)
    names = {person.id: person.name for person in people}
    if audience == "customer":
        paper = _for_customers(about, view)
    else:
        paper = _for_us(about, view, _found(key, on_file, version), lambda person: names.get(person, person))
    if html:
        write_file(html, as_html(paper), "--html")
    if pdf:
        write_file(pdf, as_pdf(paper), "--pdf")
        warn_of_boxes(asdict(paper))


def warn_of_boxes(written: Any) -> None:
    """Say, beside the answer, which characters of *written* a PDF made here cannot show."""
    from documents.glyphs import describe_unprintable, find_unprintable, texts_in

    if missing := find_unprintable(texts_in(written)):
        escalation.err.print(f"warning: {describe_unprintable(missing)}", style="yellow")


def _read(
    typed: OptionValues,
    audience: str,
    language: str,
    version: int | None,
    pdf: Path | None,
    html: Path | None,
) -> None:
    if audience not in _AUDIENCES:
        typed.refuse("--audience", quote_input(audience), list_names(_AUDIENCES))
    if language not in languages():
        typed.refuse("--lang", quote_input(language), list_names(languages()))
    if version is not None and audience == "customer":
        typed.refuse("--version", str(version), "only for --audience internal")
    if not (pdf or html):
        typed.refuse("--pdf, --html", "neither", "where to write it: --pdf FILE, --html FILE or both")
    for option, path in (("--pdf", pdf), ("--html", html)):
        if path and not path.parent.is_dir():
            typed.refuse(option, quote_input(str(path)), "a file in a folder that exists")


def _found(key: str, on_file: RcaOnFile, wanted: int | None) -> tuple[RcaVersion, InternalRca]:
    """
    Raises:
        EscalationError: If that version is not on file.
    """
    if on_file.version and on_file.rca:
        return on_file.version, on_file.rca
    if wanted is None:
        raise MoveNotAllowed(f"{key}: no internal RCA is filed; write one with `escalate rca draft {key}`")
    known = (str(version.number) for version in on_file.versions)
    raise UnknownName.of(f"{key}: no internal RCA of version", str(wanted), known)


def _for_customers(about: "PaperContext", view: View) -> "Paper":
    from documents.paper import customer_paper

    if view.customer_rca is None:
        raise MoveNotAllowed(f"{about.reference}: no customer RCA is derived yet")
    return customer_paper(about, view.customer_rca, is_approved=view.rca in _APPROVED)


def _for_us(
    about: "PaperContext", view: View, found: tuple[RcaVersion, InternalRca], name_of: Callable[[str], str]
) -> "Paper":
    from documents.paper import internal_paper

    version, rca = found
    return internal_paper(
        about, rca, version, customers=view.customers, opened_at=view.opened_at, name_of=name_of
    )
