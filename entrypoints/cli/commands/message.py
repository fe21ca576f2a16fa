"""
Commands that show what messages say, and check their templates: ``preview``, ``list``, ``check``.

Mounted as ``escalate message``. They read templates, with made-up facts, and ask no server.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Line

from entrypoints.cli.choices import complete_from
from entrypoints.cli.client_call import Json
from entrypoints.cli.option_values import OptionValues, bad_option, language, write_file
from entrypoints.cli.render import escalation
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import nearest, quote_input
from planning.playbook.faults import list_names

if TYPE_CHECKING:
    from messages.catalogue import Finding
    from messages.renderer import MessageRenderer, RenderedMessage

app = typer.Typer(
    help="Preview what messages say, check their templates, approve texts for customers.",
    no_args_is_help=True,
)

REFUSED = 1
STANDARD_OUTPUT = "-"

Templates = Annotated[
    Path | None,
    typer.Option(
        "--templates",
        metavar="FOLDER",
        help="Templates that go before those shipped; those configured, if not given.",
        show_default=False,
    ),
]


def _folder(given: Path | None) -> Path | None:
    from runtime.settings import Settings

    folder = given or Settings.load().templates
    if folder is not None and not folder.is_dir():
        raise bad_option("--templates", quote_input(str(folder)), "a folder that exists")
    return folder


@app.command()
def preview(
    occasion: Annotated[
        str, typer.Argument(metavar="OCCASION", help="As `escalate message list` has it.", show_default=False)
    ],
    audience: Annotated[
        str | None,
        typer.Option(
            "--audience",
            metavar="WHO",
            help="customer or internal; the customer's, if there is one and nothing is said.",
            show_default=False,
            autocompletion=complete_from(lambda: ("customer", "internal")),
        ),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", metavar="TAG", help="The reader's language.")] = "en",
    tz: Annotated[str, typer.Option("--tz", metavar="ZONE", help="The reader's time zone.")] = "UTC",
    shape: Annotated[
        str,
        typer.Option(
            "--facts",
            metavar="SHAPE",
            help="usual, short, long or hostile.",
            autocompletion=complete_from(lambda: ("usual", "short", "long", "hostile")),
        ),
    ] = "usual",
    html: Annotated[
        str | None,
        typer.Option(
            "--html", metavar="OUT", help="Write the page instead; - prints it.", show_default=False
        ),
    ] = None,
    templates: Templates = None,
    in_json: Json = False,
) -> None:
    """Show one message, with the facts of a made-up case. `digest` shows several bundled as one."""
    from messages.examples import SHAPES
    from messages.renderer import MessageRenderer
    from messages.templates import TemplateFault

    typed = OptionValues()
    typed.zone(tz)
    typed.read(lang, language, lang, "--lang")
    if shape not in SHAPES:
        typed.refuse("--facts", quote_input(shape), list_names(SHAPES), nearest(shape, SHAPES))
    with typed.rest():
        who = _audience(occasion, audience)
    try:
        text = _rendered(
            MessageRenderer(_folder(templates)), who, occasion, shape, language=lang, time_zone=tz
        )
    except TemplateFault as fault:
        raise bad_option(
            "OCCASION", quote_input(occasion), f"a message that can be written: {fault}"
        ) from None
    if html:
        _write_page(html, text)
    elif in_json:
        escalation.as_json({"audience": who, "occasion": occasion, **vars(text)})
    else:
        escalation.out.print(_letter(text, who), soft_wrap=False)


def _audience(occasion: str, asked: str | None) -> str:
    """
    Raises:
        BadRequest: If there is no such message, or not for this audience.
    """
    known = _messages()
    if asked is not None and asked not in known:
        raise bad_option("--audience", quote_input(asked), list_names(known), nearest(asked, known))
    names = [asked] if asked else list(known)
    found = next((name for name in names if occasion in known[name]), None)
    if found is None:
        allowed = dict.fromkeys(message for name in names for message in known[name])
        raise bad_option("OCCASION", quote_input(occasion), list_names(allowed), nearest(occasion, allowed))
    return found


def _messages() -> dict[str, tuple[str, ...]]:
    """By audience, the names of what can be shown."""
    from messages.examples import EXAMPLES
    from messages.templates import DIGEST

    return {
        audience: (*(each.value for each in occasions), DIGEST) for audience, occasions in EXAMPLES.items()
    }


def _rendered(
    texts: "MessageRenderer", audience: str, name: str, shape: str, **reader: str
) -> "RenderedMessage":
    from escalation.notifications.links import link_for
    from escalation.notifications.notification import Occasion
    from messages.examples import EXAMPLES, LINK, make_example
    from messages.templates import DIGEST

    if name == DIGEST:
        some = list(EXAMPLES[audience])[:3]
        notices = [make_example(audience, each, shape, **reader) for each in some]
        return texts.render_digest([(notice, notice.to[0]) for notice in notices])
    notice = make_example(audience, Occasion(name), shape, **reader)
    (to,) = notice.to
    return texts.render(notice, to, LINK if link_for(notice, to) else "")


def _letter(text: "RenderedMessage", audience: str) -> Panel:
    about = f"{audience}, {text.language}"
    return Panel(Line(text.text.rstrip()), title=Line(text.subject), subtitle=about, box=box.ROUNDED)


def _write_page(target: str, text: "RenderedMessage") -> None:
    if target == STANDARD_OUTPUT:
        escalation.out.out(text.html, end="")
        return
    write_file(Path(target), text.html, "--html")


@app.command("list")
def list_messages(templates: Templates = None, in_json: Json = False) -> None:
    """List every message: for whom, and in which languages it is written."""
    from messages.renderer import MessageRenderer
    from messages.template_check import languages_of

    texts = MessageRenderer(_folder(templates))
    rows = [
        {
            "occasion": name,
            "audience": audience,
            "languages": [each for each in languages_of(texts) if texts.templates.has(each, audience, name)],
        }
        for audience, names in _messages().items()
        for name in names
    ]
    if in_json:
        escalation.as_json(rows)
    else:
        escalation.out.print(_table(rows))


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("occasion", "audience", "languages", box=box.SIMPLE, pad_edge=False)
    for row in rows:
        table.add_row(Line(row["occasion"]), row["audience"], Line(", ".join(row["languages"])))
    return table


@app.command()
def check(templates: Templates = None, in_json: Json = False) -> None:
    """
    Render every message in every language, read the words of messages and pages, and list what is missing or broken;
    exit status 1 if there are faults.
    """
    from messages.template_check import check_templates

    folder = _folder(templates)
    findings = check_templates(folder)
    faults = [finding for finding in findings if finding.is_fault]
    if in_json:
        warnings = [finding for finding in findings if not finding.is_fault]
        escalation.as_json({"faults": _told(faults), "warnings": _told(warnings)})
    else:
        _tell(findings, len(faults))
    if faults:
        raise typer.Exit(REFUSED)


def _told(findings: "Sequence[Finding]") -> list[dict[str, str]]:
    return [{"file": finding.file, "what": finding.what} for finding in findings]


def _tell(findings: "Sequence[Finding]", faults: int) -> None:
    for finding in findings:
        mark = ("fault    ", "red") if finding.is_fault else ("warning  ", "yellow")
        said = f"{finding.file}: {finding.what}"
        escalation.out.print(Line(mark[0], style=mark[1]).append(said, style="default"))
    warnings = len(findings) - faults
    counts = [number_of(count, word, none="no") for count, word in ((faults, "fault"), (warnings, "warning"))]
    style = "red" if faults else "" if warnings else "green"
    escalation.out.print(Line(f"{', '.join(counts)} in the messages", style=style))
