"""One message as it would be sent, with the facts of a made-up case."""

from pathlib import Path

from entrypoints.cli.option_values import bad_option
from escalation.kernel.refusals import nearest, quote_input
from escalation.notifications.links import link_for, page_for
from escalation.notifications.notification import Occasion
from messages.examples import EXAMPLES, LINK, PAGE, make_example
from messages.renderer import MessageRenderer, RenderedMessage
from messages.templates import DIGEST
from planning.playbook.faults import list_names
from runtime.settings import Settings


def templates_in(given: Path | None) -> Path | None:
    folder = given or Settings.load().templates
    if folder is not None and not folder.is_dir():
        raise bad_option("--templates", quote_input(str(folder)), "a folder that exists")
    return folder


def find_audience(occasion: str, asked: str | None) -> str:
    """
    Raises:
        BadRequest: If there is no such message, or not for this audience.
    """
    known = messages_by_audience()
    if asked is not None and asked not in known:
        raise bad_option("--audience", quote_input(asked), list_names(known), nearest(asked, known))
    names = [asked] if asked else list(known)
    found = next((name for name in names if occasion in known[name]), None)
    if found is None:
        allowed = dict.fromkeys(message for name in names for message in known[name])
        raise bad_option("OCCASION", quote_input(occasion), list_names(allowed), nearest(occasion, allowed))
    return found


def messages_by_audience() -> dict[str, tuple[str, ...]]:
    """By audience, the names of what can be shown."""
    return {
        audience: (*(each.value for each in occasions), DIGEST) for audience, occasions in EXAMPLES.items()
    }


def render_example(
    texts: "MessageRenderer", audience: str, name: str, shape: str, **reader: str
) -> "RenderedMessage":
    if name == DIGEST:
        some = list(EXAMPLES[audience])[:3]
        notices = [make_example(audience, each, shape, **reader) for each in some]
        return texts.render_digest([(notice, notice.to[0]) for notice in notices])
    notice = make_example(audience, Occasion(name), shape, **reader)
    (to,) = notice.to
    return texts.render(
        notice, to, LINK if link_for(notice, to) else "", PAGE if page_for(notice, to) else ""
    )
