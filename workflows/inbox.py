"""
InboxWorkflow: what waits for one recipient, until it may leave as one message (COMM-11, COMM-12).

There only while something waits, or while what left still counts for a limit. When that is,
`escalation.notifications.inbox` says;
this file owns the time in between, and must not know quiet hours, texts or channels.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError

from escalation import contract
from escalation.kernel.budgets import CARRIED, GONE, OURS, last_of, size_of
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.ids import Own
from escalation.kernel.list_page import ListPage, page_of
from escalation.kernel.refusals import EscalationError
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.inbox import (
    DeferredMessage,
    Digest,
    InboxContent,
    forgotten_at,
    next_at,
    take_due_messages,
)
from escalation.notifications.inbox_view import (
    DeferredEntry,
    Release,
    list_deferred,
    make_release_result,
    require_fit_for,
)
from escalation.policy.preferences import MOST_COUNTED, CountedMessage, Limit
from escalation.policy.rates import Rates
from workflows import web_ui
from workflows.continue_as_new import ContinuableWorkflow, continue_as_new, is_due, is_outdated
from workflows.delivery_outbox import deliver
from workflows.inputs import (
    read_model,
    read_start,
    refuse_bad_input,
    require_nothing,
    require_own_id,
    takes_one,
)
from workflows.look_ups import find_people
from workflows.message_proofs import needs_proof

_KNOWN_AGAIN = 1_000
"""Keys of messages that left, so that one which is handed over twice does not leave twice."""
_REPORTED_WITHIN = timedelta(hours=1)


@workflow.defn(name=contract.INBOX)
class InboxWorkflow(ContinuableWorkflow):
    """Everything that one person, team or customer's contact is to read later."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        waiting = read_start(InboxContent, begins, "{}") if begins else InboxContent()
        require_own_id(Own.INBOX)
        require_nothing(waiting == InboxContent(), "messages")
        self._rates = Rates()
        self._deferred: dict[str, DeferredMessage] = {}
        self._left: dict[str, None] = dict.fromkeys(waiting.gone)
        self._counted: list[CountedMessage] = []
        self._limits: tuple[Limit, ...] = ()
        self._add(waiting)

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> None:
        while (wake_at := self._wakes_at()) is not None or not workflow.all_handlers_finished():
            if wake_at is None:
                await workflow.wait_condition(workflow.all_handlers_finished)
                continue
            if (
                is_due()
                and workflow.all_handlers_finished()
                and size_of(carried := self._carried()) <= CARRIED
            ):
                continue_as_new(carried)
            if digest := self._due_digest():
                await self._deliver(digest)
            else:
                await self._wait_until(wake_at)

    @workflow.signal(
        name=contract.DEFER, description="Keep messages until they may leave. Sent by the worker."
    )
    @takes_one
    def defer(self, *raws: RawValue) -> None:
        try:
            waiting = read_model(InboxContent, raws, "what waits", "messages", OURS)
            self._add(require_fit_for(workflow.info().workflow_id, waiting, workflow.now()))
        except EscalationError as refusal:
            workflow.logger.warning("defer_refused", extra={"why": refusal.message})

    @workflow.query(
        name=contract.DEFERRED_MESSAGES,
        description="What waits: since when, why, and until when; one page, after a number.",
    )
    def deferred_messages(self, after: int = 0) -> ListPage[DeferredEntry]:
        return page_of(list_deferred(self._deferred.values(), self._counted, workflow.now())[after:])

    @workflow.query(
        name=contract.HAS_MESSAGE, description="Whether the message of this key waits, or left lately."
    )
    def has_message(self, key: str) -> bool:
        return key in self._deferred or key in self._left

    @needs_proof
    @workflow.update(
        name=contract.RELEASE, description='Let all of it leave now, and show the first page: {"by": "elena"}'
    )
    @takes_one
    async def release(self, *raws: RawValue) -> ListPage[DeferredEntry]:
        command = read_model(Release, raws, "release", '{"by": PERSON}')
        self._rates = self._rates.after_move(
            workflow.info().workflow_id, "release", command.by, workflow.now()
        )
        (by,) = (await find_people(command.by)).people
        released = make_release_result(self._deferred.values(), by)
        shown = self.deferred_messages()
        self._deferred |= {message.key: message for message in released}
        return shown

    def _add(self, waiting: InboxContent) -> None:
        for message in waiting.held:
            if message.key not in self._left:
                self._deferred.setdefault(message.key, message)
            self._limits = message.limits or self._limits
        known = dict.fromkeys((*self._counted, *waiting.sent))
        self._counted = sorted(known, key=lambda counted: counted.at)[-MOST_COUNTED:]

    def _wakes_at(self) -> datetime | None:
        """None: nothing waits, and nothing that left counts any more."""
        now = workflow.now()
        at = next_at(tuple(self._deferred.values()), self._counted, now)
        if at is None and (forgotten := forgotten_at(self._counted, self._limits)):
            return forgotten if forgotten > now else None
        return at

    async def _wait_until(self, at: datetime) -> None:
        after = max(at - workflow.now(), timedelta(seconds=1))
        summary = web_ui.summary(
            number_of(len(self._deferred), "message waits", "messages wait")
            if self._deferred
            else "limits still count"
        )
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._is_due_before(at), timeout=after, timeout_summary=summary
            )

    def _is_due_before(self, at: datetime) -> bool:
        """Asked at each message that comes in: the timer is armed again only for something earlier."""
        if is_outdated() and workflow.all_handlers_finished():
            return True  # it continues as a new run
        wakes_at = self._wakes_at()
        return wakes_at is None or wakes_at < at

    def _due_digest(self) -> Digest | None:
        return take_due_messages(tuple(self._deferred.values()), self._counted, workflow.now())

    async def _deliver(self, digest: Digest) -> None:
        became = self._settle(await deliver(digest, contract.DELIVER_DIGEST))
        if became:
            await _report(became)

    def _settle(self, results: Sequence[DeliveryResult]) -> dict[str, list[DeliveryResult]]:
        """Return what is settled, by the id of the escalation; what has to wait longer stays."""
        became: dict[str, list[DeliveryResult]] = {}
        for result in results:
            message = self._deferred[result.key]
            if result.deferred_until:
                digest_key = result.digest_key or message.digest_key
                self._deferred[result.key] = replace(
                    message, until=result.deferred_until, digest_key=digest_key
                )
                continue
            del self._deferred[result.key]
            self._left[result.key] = None
            became.setdefault(message.notice.escalation, []).append(result)
        for channel in dict.fromkeys(result.channel for result in results if result.delivered_at):
            self._counted.append(CountedMessage(at=workflow.now(), channel=channel))
        return became

    def _carried(self) -> InboxContent:
        return InboxContent(
            held=tuple(self._deferred.values()),
            sent=tuple(self._counted),
            gone=last_of(tuple(self._left)[-_KNOWN_AGAIN:], GONE),
        )


async def _report(became: dict[str, list[DeliveryResult]]) -> None:
    """Report to escalations. One that cannot take it for so long knows the message as deferred, not as lost."""
    with suppress(ActivityError):
        await workflow.execute_activity(
            contract.REPORT_DELIVERIES,
            became,
            task_queue=contract.MESSAGE_TASK_QUEUE,
            start_to_close_timeout=timedelta(minutes=2),
            schedule_to_close_timeout=_REPORTED_WITHIN,
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            summary=web_ui.summary(
                f"report to {number_of(len(became), 'escalation')} what became of their messages"
            ),
        )
