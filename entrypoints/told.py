"""
What was told, and what may be told: ``escalate messages`` and ``escalate script`` (COMM-7, COMM-12).
"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from entrypoints import showing
from entrypoints.asking import Json, Key, with_client
from entrypoints.given import Typed, language, refused
from escalation.effects import CustomerNotice, Occasion, Recipient

if TYPE_CHECKING:
    from escalation.messages import Sent

app = typer.Typer()


@app.command()
def messages(key: Key, in_json: Json = False) -> None:
    """List every message: when, to whom, on which occasion, by which channel, with what result."""
    sent = with_client(lambda client: client.messages(key))
    if in_json:
        showing.as_json(sent)
        return
    for each in sent:
        showing.out.print(_line(each))
    undelivered = sum(not each.is_delivered and not each.is_dropped for each in sent)
    showing.out.print(f"{len(sent)} messages, {undelivered} not delivered")


def _line(sent: "Sent") -> Text:
    line = Text(f"{sent.at.astimezone():%a %d %b %H:%M:%S}  ", style="dim")
    line.append(f"{sent.occasion.replace('_', ' ')} to {sent.recipient}", style="")
    line.append(f" by {sent.channel}" if sent.channel else "", style="")
    if not sent.is_delivered:
        line.append(f", {'dropped' if sent.is_dropped else 'not delivered'}: {sent.why}", style="red")
    elif sent.why:
        line.append(f", not by {sent.why}", style="yellow")
    return line.append(f"  {sent.key}", style="dim")


@app.command()
def script(
    key: Key,
    lang: Annotated[str, typer.Option("--lang", metavar="TAG", help="The customer's language.")] = "en",
    tz: Annotated[str, typer.Option("--tz", metavar="ZONE", help="The customer's time zone.")] = "UTC",
    name: Annotated[str, typer.Option("--name", help="Who it is for.")] = "…",
    in_json: Json = False,
) -> None:
    """What agents may answer customers with: the last words that went out, and when they hear next."""
    from activities.texts import TextFault, Texts
    from runtime.settings import Settings

    typed = Typed()
    typed.zone(tz)
    typed.read(lang, language, lang, "--lang")
    typed.require()
    facts = with_client(lambda client: client.script(key))
    reader = Recipient(id="customer", name=name, addresses=(), language=lang, time_zone=tz)
    notice = CustomerNotice(escalation=key, seq=0, occasion=Occasion.UPDATE, to=(reader,), facts=facts)
    try:
        text = Texts(Settings.load().templates).render(notice, reader)
    except TextFault as fault:
        raise refused("--lang", lang, f"a language whose update can be written: {fault}") from None
    if in_json:
        showing.as_json({**facts.model_dump(mode="json"), "language": text.language, "script": text.text})
    else:
        showing.out.print(Text(text.text.rstrip()))
