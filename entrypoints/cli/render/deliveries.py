"""Messages in a terminal: what became of each, and what waits for somebody."""

from collections.abc import Sequence

from rich.console import Group
from rich.text import Text

from entrypoints.reason_text import say
from escalation.case.deliveries import Delivery, SentMessage
from escalation.kernel.counted_nouns import number_of
from escalation.notifications.delivery_results import MessageState
from escalation.notifications.inbox_view import DeferredEntry

_WORDS = {
    MessageState.FAILED: "not delivered",
    MessageState.DEFERRED: "waiting",
    MessageState.DROPPED: "dropped",
}


def render_delivery(sent: Delivery) -> Text:
    line = Text(f"{sent.at.astimezone():%a %d %b %H:%M:%S}  ", style="dim")
    line.append(f"{sent.occasion.replace('_', ' ')} to {sent.name or sent.recipient}", style="")
    is_printed = sent.state is MessageState.PRINTED
    by = ", printed, not sent" if is_printed else f" by {sent.channel}" if sent.channel else ""
    line.append(by, style="yellow" if is_printed else "")
    match sent.state:
        case MessageState.PRINTED | MessageState.DELIVERED:
            line.append(f", not by {say(sent.why)}" if sent.why else "", style="yellow")
        case MessageState.DEFERRED:
            line.append(
                f", waits until {sent.until.astimezone():%a %d %b %H:%M}" if sent.until else ", waits"
            )
            line.append(f": {say(sent.why)}", style="")
        case _:
            line.append(f", {_WORDS[sent.state]}: {say(sent.why)}", style="red")
    return line.append(f"  {sent.id}  {sent.key}", style="dim")


def render_sent_message(sent: SentMessage) -> Group:
    """Draw one message: its line in the list, its subject and its text, which nothing in it can style."""
    read_by = "a customer reads this" if sent.for_customers else "for our own people"
    return Group(
        render_delivery(sent.delivery),
        Text(f"{sent.subject}\n", style="bold"),
        Text(sent.text.rstrip()),
        Text(f"\n{read_by}; written again by today's templates, without its links", style="dim"),
    )


def count_deliveries(sent: Sequence[Delivery]) -> str:
    found = {words: sum(each.state is state for each in sent) for state, words in _WORDS.items()}
    return f"{number_of(len(sent), 'message')}" + "".join(
        f", {count} {words}" for words, count in found.items() if count or words == "not delivered"
    )


def render_deferred(waits: DeferredEntry) -> Text:
    line = Text(f"{waits.since.astimezone():%a %d %b %H:%M:%S}  ", style="dim")
    line.append(f"{waits.escalation}, {waits.priority}: {waits.occasion.replace('_', ' ')}", style="")
    line.append(f" by {waits.channel}" if waits.channel else "", style="")
    return line.append(
        f", {say(waits.why)}, until {waits.until.astimezone():%a %d %b %H:%M:%S}", style="yellow"
    )


def count_deferred(person: str, count: int, *, is_released: bool) -> str:
    messages = f"{number_of(count, 'message', none='no')}"
    if is_released and count:
        return f"{messages} for {person} {'leaves' if count == 1 else 'leave'} now"
    return f"{messages} {'waits' if count == 1 else 'wait'} for {person}"
