"""`escalate script`: what agents may answer customers with now."""

from typing import Annotated

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Key, ReaderLanguage, ReaderTimeZone, option


def script(
    key: Key,
    lang: ReaderLanguage = "en",
    tz: ReaderTimeZone = "UTC",
    name: Annotated[str, option("--name", "Who it is for.")] = "…",
    in_json: Json = False,
) -> None:
    """Show what agents may answer customers with: the last words that went out, and when they hear next."""
    from rich.text import Text

    from entrypoints.cli.option_values import OptionValues, bad_option, parse_language
    from entrypoints.terminal import as_json, out
    from escalation.kernel.values import to_plain
    from escalation.notifications.notification import CustomerNotification, Occasion
    from escalation.policy.people import Recipient
    from messages.renderer import MessageRenderer
    from messages.templates import TemplateFault
    from runtime.settings import Settings

    options = OptionValues()
    options.zone(tz)
    options.read(lang, parse_language, lang, "--lang")
    options.require()
    facts = call_client(lambda client: client.script(key))
    reader = Recipient(id="customer", name=name, addresses=(), language=lang, time_zone=tz)
    notice = CustomerNotification(
        escalation=key, seq=0, cause="", occasion=Occasion.UPDATE, to=(reader,), facts=facts
    )
    try:
        text = MessageRenderer(Settings.load().templates).render(notice, reader)
    except TemplateFault as fault:
        raise bad_option("--lang", lang, f"a language whose update can be written: {fault}") from None
    if in_json:
        as_json({**to_plain(facts), "language": text.language, "script": text.text})
    else:
        out.print(Text(text.text.rstrip()))
