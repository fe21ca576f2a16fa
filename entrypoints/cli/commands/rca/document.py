"""`escalate rca document`: the RCA as a PDF or a page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Key, RcaVersionNumber, ReaderTimeZone, complete_from, option

if TYPE_CHECKING:
    from client import EscalationClient

AUDIENCES = ("customer", "internal")


def _complete_language(incomplete: str) -> list[str]:
    from messages.catalogue import languages

    return [tag for tag in languages() if tag.startswith(incomplete)]


def document(
    key: Key,
    audience: Annotated[
        str,
        option(
            "--audience", "Who is to read it.", "customer|internal", autocompletion=complete_from(AUDIENCES)
        ),
    ] = "customer",
    language: Annotated[
        str, option("--lang", "The reader's language.", "TAG", autocompletion=_complete_language)
    ] = "en",
    tz: ReaderTimeZone = "UTC",
    version: RcaVersionNumber = None,
    pdf: Annotated[Path | None, option("--pdf", "Write a PDF there.", "FILE", show_default=False)] = None,
    html: Annotated[Path | None, option("--html", "Write a page there.", "FILE", show_default=False)] = None,
) -> None:
    """Make a PDF or a page of the RCA: what customers read of it, or all of it for our own people."""
    from documents.layout import as_html, as_pdf
    from entrypoints.cli.option_values import OptionValues, write_file
    from entrypoints.cli.rca_papers import check_paper_options, warn_of_boxes
    from entrypoints.paper_maker import Audience, make_paper

    options = OptionValues()
    zone = options.zone(tz)
    check_paper_options(options, audience, language, version, pdf, html)
    options.require()

    async def ask(client: "EscalationClient") -> tuple[Any, Any, Any]:
        return await client.view(key), await client.rca_on_file(key, version), await client.people(key)

    paper = make_paper(key, Audience(audience), language, zone, version, *call_client(ask))
    if html:
        write_file(html, as_html(paper), "--html")
    if pdf:
        write_file(pdf, as_pdf(paper), "--pdf")
        warn_of_boxes(paper)
