"""Papers of RCAs on the command line: their options, and what a PDF cannot show."""

from pathlib import Path
from typing import Any

from documents.glyphs import describe_unprintable, find_unprintable, texts_in
from entrypoints.cli.option_values import OptionValues
from entrypoints.paper_maker import Audience
from entrypoints.terminal import err
from escalation.kernel.refusals import quote_input
from escalation.kernel.values import to_plain
from messages.catalogue import languages
from planning.playbook.faults import list_names


def warn_of_boxes(written: Any) -> None:
    """Say, beside the answer, which characters of *written*, an RCA or a paper, a PDF made here cannot show."""
    plain = to_plain(written)
    if missing := find_unprintable(texts_in(plain)):
        err.print(f"warning: {describe_unprintable(missing)}", style="yellow")


def check_paper_options(
    options: OptionValues,
    audience: str,
    language: str,
    version: int | None,
    pdf: Path | None,
    html: Path | None,
) -> None:
    if audience not in set(Audience):
        options.refuse("--audience", quote_input(audience), list_names(Audience))
    if language not in languages():
        options.refuse("--lang", quote_input(language), list_names(languages()))
    if version is not None and audience == Audience.CUSTOMER:
        options.refuse("--version", str(version), "only for --audience internal")
    if not (pdf or html):
        options.refuse("--pdf, --html", "neither", "where to write it: --pdf FILE, --html FILE or both")
    for option, path in (("--pdf", pdf), ("--html", html)):
        if path and not path.parent.is_dir():
            options.refuse(option, quote_input(str(path)), "a file in a folder that exists")
