"""
Who hears that a message could not be delivered: a person does, as long as anybody can be reached (COMM-13).

Owns the line of those who are told. Each of them may be unreachable, too: then the
next in line is told, of everything that is missing by then. How a message travels is not known here.

The line, one rung after the other: the escalation managers; the managers of the level; the managers of each level
above; the fallback contacts of the levels, from this one up; whoever owns it or was asked; the contacts of the levels,
from this one up. Nobody is told twice that
they cannot be reached, so the line has an end; what was not told then stands in the list and in the details.
"""

from collections.abc import Iterable, Iterator

from escalation.case.audience import managers_of, notify
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import Occasion
from escalation.policy.people import ContactKind

_MOST_TOLD = 50
"""Lines of one message."""


def notify_undelivered(work: Work, receipts: Iterable[DeliveryResult], before: Escalation) -> None:
    """COMM-13: what failed is raised to a person. *before*: how it stood when these *receipts* came."""
    receipts = tuple(receipts)
    failed = [each for each in receipts if each.has_failed and not before.is_nobodys(each.recipient)]
    unheard = [receipt for receipt in failed if receipt.occasion == Occasion.UNDELIVERABLE]
    if unheard and not _has_arrived(receipts):
        items = tuple(each.failure for each in work.state.undelivered)
    else:
        items = tuple(receipt.failure for receipt in failed if receipt not in unheard)
    if not items:
        return
    is_news = any(receipt.recipient not in _unreachable(before) for receipt in unheard)
    deaf = _unreachable(work.state) | {receipt.recipient for receipt in failed}
    to = next_in_line(work.state, deaf, in_person=bool(unheard) and not is_news)
    notify(work, Occasion.UNDELIVERABLE, to, items=items[-_MOST_TOLD:])


def next_in_line(now: Escalation, deaf: set[str], *, in_person: bool) -> tuple[str, ...]:
    """
    The first rung on which somebody is not *deaf*, without those who are; empty: nobody is left. *without_rotas*: no
    schedules, since whoever is on call has proven deaf.
    """
    for rung in _line(now):
        found = tuple(who for who in rung if _can_receive(now, who, deaf, in_person=in_person))
        if found:
            return found
    return ()


def _line(now: Escalation) -> Iterator[tuple[str, ...]]:
    above = now.plan.levels[now.level :]
    yield now.plan.escalation_managers
    yield managers_of(now)
    yield from (level.managers for level in above)
    yield from ((level.fallback,) for level in (now.current_level, *above) if level.fallback)
    yield (now.owner, *now.asked)
    yield from (level.contacts for level in (now.current_level, *above))


def _can_receive(now: Escalation, who: str, deaf: set[str], *, in_person: bool) -> bool:
    if who in deaf or not now.plan.knows(who):
        return False
    contact = now.plan.contact(who)
    if contact.kind is ContactKind.SCHEDULE:
        return not in_person and deaf.isdisjoint(contact.members)
    return True


def _unreachable(now: Escalation) -> set[str]:
    """Those who could not be told that something was undeliverable."""
    return {each.recipient for each in now.undelivered if each.occasion == Occasion.UNDELIVERABLE}


def _has_arrived(receipts: Iterable[DeliveryResult]) -> bool:
    """Somebody else on the same rung was told, or will be."""
    return any(each.occasion == Occasion.UNDELIVERABLE and not each.has_failed for each in receipts)
