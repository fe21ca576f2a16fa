"""`escalate message list`: which messages there are."""

from entrypoints.cli.options import Json, Templates


def list_(templates: Templates = None, in_json: Json = False) -> None:
    """List every message: for whom, and in which languages it is written."""
    from entrypoints.cli.message_preview import messages_by_audience, templates_in
    from entrypoints.cli.render.message import render_message_list
    from entrypoints.terminal import as_json, out
    from messages.renderer import MessageRenderer
    from messages.template_check import languages_of

    texts = MessageRenderer(templates_in(templates))
    rows = [
        {
            "occasion": name,
            "audience": audience,
            "languages": [each for each in languages_of(texts) if texts.templates.has(each, audience, name)],
        }
        for audience, names in messages_by_audience().items()
        for name in names
    ]
    as_json(rows) if in_json else out.print(render_message_list(rows))
