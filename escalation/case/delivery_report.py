"""Reports of delivery results: first notifications that are met, failures that are raised to a person."""

from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.clock_table import settle
from escalation.case.failed_deliveries import notify_undelivered
from escalation.case.moves import join_outage
from escalation.case.state import Escalation
from escalation.case.state_changes import undelivered_after
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import is_late
from escalation.kernel.reasons import Listed, Person, Reason, Term, reason, sentences
from escalation.kernel.values import frozen
from escalation.notifications.delivery_results import ARRIVED, DeliveryResult
from escalation.notifications.system_commands import ReportDelivery


@frozen
class DeliveryReported(BaseEvent):
    kind: Literal["delivery_reported"] = "delivery_reported"
    results: tuple[DeliveryResult, ...]

    def applied_to(self, now: Escalation) -> Escalation:
        told = {each.recipient for each in self.results if each.delivered_at or each.is_dropped}
        return replace(
            now,
            unnotified=tuple(who for who in now.unnotified if who not in told),
            joiners=tuple(who for who in now.joiners if who not in told),
            undelivered=undelivered_after(now, self.results, self.at),
        )

    def sentence(self) -> Reason:
        return reason(self.code, _messages(self))


def report_delivery(work: Work, command: ReportDelivery) -> None:
    """Meet the first notification once it has reached everybody (COMM-2); raise what failed to a person (COMM-13)."""
    before = work.state
    work.record(DeliveryReported(results=command.results))
    now = work.state
    if not now.unnotified:
        delivered = [result.delivered_at for result in command.results if result.delivered_at]
        told_at = min(max(delivered, default=work.now), work.now)
        clock = now.clock(ClockName.FIRST_NOTIFICATION)
        if clock and is_late(told_at, clock.due_at):
            settle(work)  # its breach comes first
        work.end(ClockName.FIRST_NOTIFICATION, at=told_at)
        join_outage.begin_first_notification(work)
    notify_undelivered(work, command.results, before)


def _messages(event: DeliveryReported) -> Listed:
    states = ("delivered", "printed", "deferred", "dropped", "failed")
    became: dict[str, list[Reason]] = {state: [] for state in states}
    for result in event.results:
        about = (Term("Occasion", result.occasion), Person(result.recipient))
        if result.state in ARRIVED:
            became[result.state].append(reason("message_to", *about))
        elif result.is_dropped:
            became["dropped"].append(reason("message_to.why", *about, result.why))
        elif result.deferred_until:
            became["deferred"].append(reason("message_to.until", *about, result.why, result.deferred_until))
        else:
            became["failed"].append(reason("message_to", *about))
    return sentences(reason(f"messages.{what}", tuple(each)) for what, each in became.items() if each)
