"""
What was told, and what may be told: ``escalate messages`` and ``escalate script`` (COMM-7, COMM-12).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from entrypoints.cli.client_call import Json, Key, call_client
from entrypoints.cli.option_values import OptionValues, bad_option, language
from entrypoints.cli.render import escalation
from escalation.kernel.numbers import number_of
from escalation.kernel.values import to_plain
from escalation.notifications.delivery_results import MessageState
from escalation.notifications.notification import CustomerNotification, Occasion
from escalation.policy.people import Recipient

if TYPE_CHECKING:
    from escalation.case.deliveries import Delivery

app = typer.Typer()

_WORDS = {
    MessageState.FAILED: "not delivered",
    MessageState.HELD: "waiting",
    MessageState.DROPPED: "dropped",
}


@app.command()
def messages(key: Key, in_json: Json = False) -> None:
    """List every message: when, to whom, on which occasion, by which channel, with what result."""
    sent = call_client(lambda client: client.messages(key))
    if in_json:
        escalation.as_json(sent)
        return
    for each in sent:
        escalation.out.print(_line(each))
    escalation.out.print(f"{number_of(len(sent), 'message')}{_counts(sent)}")


def _line(sent: "Delivery") -> Text:
    line = Text(f"{sent.at.astimezone():%a %d %b %H:%M:%S}  ", style="dim")
    line.append(f"{sent.occasion.replace('_', ' ')} to {sent.recipient}", style="")
    line.append(f" by {sent.channel}" if sent.channel else "", style="")
    match sent.state:
        case MessageState.DELIVERED:
            line.append(f", not by {sent.why}" if sent.why else "", style="yellow")
        case MessageState.HELD:
            line.append(
                f", waits until {sent.until.astimezone():%a %d %b %H:%M}" if sent.until else ", waits"
            )
            line.append(f": {sent.why}", style="")
        case _:
            line.append(f", {_WORDS[sent.state]}: {sent.why}", style="red")
    return line.append(f"  {sent.key}", style="dim")


def _counts(sent: "Sequence[Delivery]") -> str:
    found = {words: sum(each.state is state for each in sent) for state, words in _WORDS.items()}
    return "".join(
        f", {count} {words}" for words, count in found.items() if count or words == "not delivered"
    )


@app.command()
def script(
    key: Key,
    lang: Annotated[str, typer.Option("--lang", metavar="TAG", help="The customer's language.")] = "en",
    tz: Annotated[str, typer.Option("--tz", metavar="ZONE", help="The customer's time zone.")] = "UTC",
    name: Annotated[str, typer.Option("--name", help="Who it is for.")] = "…",
    in_json: Json = False,
) -> None:
    """What agents may answer customers with: the last words that went out, and when they hear next."""
    from messages.renderer import MessageRenderer
    from messages.templates import TemplateFault
    from runtime.settings import Settings

    typed = OptionValues()
    typed.zone(tz)
    typed.read(lang, language, lang, "--lang")
    typed.require()
    facts = call_client(lambda client: client.script(key))
    reader = Recipient(id="customer", name=name, addresses=(), language=lang, time_zone=tz)
    notice = CustomerNotification(escalation=key, seq=0, occasion=Occasion.UPDATE, to=(reader,), facts=facts)
    try:
        text = MessageRenderer(Settings.load().templates).render(notice, reader)
    except TemplateFault as fault:
        raise bad_option("--lang", lang, f"a language whose update can be written: {fault}") from None
    if in_json:
        escalation.as_json({**to_plain(facts), "language": text.language, "script": text.text})
    else:
        escalation.out.print(Text(text.text.rstrip()))
