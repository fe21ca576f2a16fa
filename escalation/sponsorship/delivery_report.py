"""Messages of a sponsorship that did not arrive: they are kept, and raised to a person (COMM-13)."""

from dataclasses import replace
from typing import Literal

from escalation.kernel.reasons import Reason, reason, sentences
from escalation.kernel.values import frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import Occasion
from escalation.notifications.system_commands import ReportDelivery
from escalation.sponsorship.sponsorship_move import SponsorshipEvent
from escalation.sponsorship.state import LogEntry, Sponsorship, latest
from escalation.sponsorship.work import SponsorshipWork


@frozen
class MessagesFailed(SponsorshipEvent):
    kind: Literal["messages_failed"] = "messages_failed"
    results: tuple[DeliveryResult, ...]

    def applied_to(self, now: Sponsorship) -> Sponsorship:
        failed = (LogEntry(by=each.recipient, at=self.at, text=each.failure) for each in self.results)
        return replace(now, undelivered=latest(*now.undelivered, *failed))

    def sentence(self) -> Reason:
        return reason(self.code, sentences(each.failure for each in self.results))


def report_delivery(work: SponsorshipWork, command: ReportDelivery) -> None:
    """Keep what failed, and notify those who answer for it; that they cannot be notified is only kept."""
    failed = tuple(result for result in command.results if result.has_failed)
    if failed:
        work.record(MessagesFailed(results=failed))
    if items := tuple(each.failure for each in failed if each.occasion != Occasion.UNDELIVERABLE):
        work.notify(Occasion.UNDELIVERABLE, work.managers, items=items)
