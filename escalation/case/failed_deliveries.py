"""
Failed deliveries: a person is notified of each one, as long as anybody can be reached (COMM-13).

Owns the order of those who are notified. Each of them may be unreachable, too: then the next group is notified, of
everything that is missing by then. How a message travels is not known here.

The groups, one after the other:

    the escalation managers
    the managers of the level, then those of each level above
    the fallback contacts of the levels, from this one up
    the owner and the people who were asked
    the contacts of the levels, from this one up

Nobody whom we cannot reach is asked twice, so this has an end. The list of deliveries and the details show what is
missing then.
"""

from collections.abc import Iterable, Iterator

from escalation.case.audience import notify
from escalation.case.level_managers import managers_of
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import Occasion
from escalation.policy.people import ContactKind

_MOST_FAILURES = 50
"""Number of failures in one message."""


def notify_undelivered(work: Work, results: Iterable[DeliveryResult], before: Escalation) -> None:
    """Notify a person of what failed (COMM-13). *before*: the escalation when these *results* came."""
    results = tuple(results)
    failed = [each for each in results if each.has_failed and not before.is_nobodys(each.recipient)]
    undelivered = [result for result in failed if result.occasion == Occasion.UNDELIVERABLE]
    if undelivered and not _has_arrived(results):
        items = tuple(each.failure for each in work.state.undelivered)
    else:
        items = tuple(result.failure for result in failed if result not in undelivered)
    if not items:
        return
    is_news = any(result.recipient not in _unreachable(before) for result in undelivered)
    unreached = _unreachable(work.state) | {result.recipient for result in failed}
    to = next_group(work.state, unreached, in_person=bool(undelivered) and not is_news)
    notify(work, Occasion.UNDELIVERABLE, to, items=items[-_MOST_FAILURES:])


def next_group(now: Escalation, unreached: set[str], *, in_person: bool) -> tuple[str, ...]:
    """
    Return the first group with somebody who is not *unreached*, without those who are; empty: nobody is left.

    *in_person*: without rotas, since whoever is on call could not be reached.
    """
    for group in _groups(now):
        found = tuple(who for who in group if _can_receive(now, who, unreached, in_person=in_person))
        if found:
            return found
    return ()


def _groups(now: Escalation) -> Iterator[tuple[str, ...]]:
    above = now.plan.levels[now.level :]
    yield now.plan.escalation_managers
    yield managers_of(now)
    yield from (level.managers for level in above)
    yield from ((level.fallback,) for level in (now.current_level, *above) if level.fallback)
    yield (now.owner, *now.asked)
    yield from (level.contacts for level in (now.current_level, *above))


def _can_receive(now: Escalation, who: str, unreached: set[str], *, in_person: bool) -> bool:
    if who in unreached or not now.plan.knows(who):
        return False
    contact = now.plan.contact(who)
    if contact.kind is ContactKind.ROTA:
        return not in_person and unreached.isdisjoint(contact.members)
    return True


def _unreachable(now: Escalation) -> set[str]:
    """Return those who could not be notified of another failure."""
    return {each.recipient for each in now.undelivered if each.occasion == Occasion.UNDELIVERABLE}


def _has_arrived(results: Iterable[DeliveryResult]) -> bool:
    """Return whether somebody else of the same group was notified, or will be."""
    return any(each.occasion == Occasion.UNDELIVERABLE and not each.has_failed for each in results)
