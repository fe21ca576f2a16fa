"""`escalate message preview`: one message as it would be sent."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import (
    Json,
    ReaderLanguage,
    ReaderTimeZone,
    Templates,
    argument,
    choice,
    complete_from,
    option,
)

STANDARD_OUTPUT = "-"


def preview(
    occasion: Annotated[str, argument("OCCASION", "As `escalate message list` has it.")],
    audience: Annotated[
        str | None,
        option(
            "--audience",
            "customer or internal. If omitted: the customer's message, where there is one.",
            "WHO",
            show_default=False,
            autocompletion=complete_from(("customer", "internal")),
        ),
    ] = None,
    lang: ReaderLanguage = "en",
    tz: ReaderTimeZone = "UTC",
    shape: Annotated[
        str, choice("--facts", "The kind of case", ("usual", "short", "long", "hostile"), metavar="SHAPE")
    ] = "usual",
    html: Annotated[
        str | None, option("--html", "Write the page instead; - prints it.", "OUT", show_default=False)
    ] = None,
    templates: Templates = None,
    in_json: Json = False,
) -> None:
    """Show one message, with the facts of a made-up case. `digest` shows several bundled as one."""
    from entrypoints.cli.message_preview import find_audience, render_example, templates_in
    from entrypoints.cli.option_values import OptionValues, bad_option, parse_language, write_file
    from entrypoints.cli.render.message import render_message
    from entrypoints.terminal import as_json, out
    from escalation.kernel.refusals import nearest, quote_input
    from messages.examples import SHAPES
    from messages.renderer import MessageRenderer
    from messages.templates import TemplateFault
    from planning.playbook.faults import list_names

    options = OptionValues()
    options.zone(tz)
    options.read(lang, parse_language, lang, "--lang")
    if shape not in SHAPES:
        options.refuse("--facts", quote_input(shape), list_names(SHAPES), nearest(shape, SHAPES))
    with options.rest():
        who = find_audience(occasion, audience)
    try:
        renderer = MessageRenderer(templates_in(templates))
        text = render_example(renderer, who, occasion, shape, language=lang, time_zone=tz)
    except TemplateFault as fault:
        raise bad_option(
            "OCCASION", quote_input(occasion), f"a message that can be written: {fault}"
        ) from None
    if html == STANDARD_OUTPUT:
        out.out(text.html, end="")
    elif html:
        write_file(Path(html), text.html, "--html")
    elif in_json:
        as_json({"audience": who, "occasion": occasion, **vars(text)})
    else:
        out.print(render_message(text, who), soft_wrap=False)
