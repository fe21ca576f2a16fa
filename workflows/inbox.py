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
from escalation.kernel.ids import Own
from escalation.kernel.list_page import ListPage, page_of
from escalation.kernel.numbers import number_of
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

_KNOWN_AGAIN = 1_000
"""Keys of messages that left, so that one which is handed over twice does not leave twice."""
_REPORTED_WITHIN = timedelta(hours=1)


@workflow.defn(name=contract.INBOX)
class InboxWorkflow(ContinuableWorkflow):
    """Everything that one person, team or customer's contact is to be told later."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        waiting = read_start(InboxContent, begins, "{}") if begins else InboxContent()
        require_own_id(Own.INBOX)
        require_nothing(waiting == InboxContent(), "messages")
        self._rates = Rates()
        self._held: dict[str, DeferredMessage] = {}
        self._gone: dict[str, None] = dict.fromkeys(waiting.gone)
        self._sent: list[CountedMessage] = []
        self._limits: tuple[Limit, ...] = ()
        self._take(waiting)

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
            if bundle := self._leaving():
                await self._let_go(bundle)
            else:
                await self._wait_until(wake_at)

    @workflow.signal(
        name=contract.DEFER, description="Keep messages until they may leave. Sent by the worker."
    )
    @takes_one
    def hold(self, *raws: RawValue) -> None:
        try:
            waiting = read_model(InboxContent, raws, "what waits", "messages", OURS)
            self._take(require_fit_for(workflow.info().workflow_id, waiting, workflow.now()))
        except EscalationError as refusal:
            workflow.logger.warning("hold_refused", extra={"why": refusal.message})

    @workflow.query(
        name=contract.DEFERRED_MESSAGES,
        description="What waits: since when, why, and until when; one page, after a number.",
    )
    def waiting(self, after: int = 0) -> ListPage[DeferredEntry]:
        return page_of(list_deferred(self._held.values(), self._sent, workflow.now())[after:])

    @workflow.query(
        name=contract.HAS_MESSAGE, description="Whether the message of this key waits, or left lately."
    )
    def knows(self, key: str) -> bool:
        return key in self._held or key in self._gone

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
        let_go = make_release_result(self._held.values(), by)
        shown = self.waiting()
        self._held |= {held.key: held for held in let_go}
        return shown

    def _take(self, waiting: InboxContent) -> None:
        for held in waiting.held:
            if held.key not in self._gone:
                self._held.setdefault(held.key, held)
            self._limits = held.limits or self._limits
        known = dict.fromkeys((*self._sent, *waiting.sent))
        self._sent = sorted(known, key=lambda sent: sent.at)[-MOST_COUNTED:]

    def _wakes_at(self) -> datetime | None:
        """None: nothing waits, and nothing that left counts any more."""
        now = workflow.now()
        at = next_at(tuple(self._held.values()), self._sent, now)
        if at is None and (forgotten := forgotten_at(self._sent, self._limits)):
            return forgotten if forgotten > now else None
        return at

    async def _wait_until(self, at: datetime) -> None:
        after = max(at - workflow.now(), timedelta(seconds=1))
        summary = web_ui.summary(
            number_of(len(self._held), "message waits", "messages wait")
            if self._held
            else "limits still count"
        )
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._is_due_before(at), timeout=after, timeout_summary=summary
            )

    def _is_due_before(self, at: datetime) -> bool:
        """Asked at each message that comes in: the timer is armed again only for something earlier."""
        if is_outdated() and workflow.all_handlers_finished():
            return True  # it goes on as a new run
        wakes_at = self._wakes_at()
        return wakes_at is None or wakes_at < at

    def _leaving(self) -> Digest | None:
        return take_due_messages(tuple(self._held.values()), self._sent, workflow.now())

    async def _let_go(self, bundle: Digest) -> None:
        became = self._settle(await deliver(bundle, contract.DELIVER_DIGEST))
        if became:
            await _report(became)

    def _settle(self, receipts: Sequence[DeliveryResult]) -> dict[str, list[DeliveryResult]]:
        """What is settled, by the escalation's id; what has to wait longer stays."""
        became: dict[str, list[DeliveryResult]] = {}
        for receipt in receipts:
            held = self._held[receipt.key]
            if receipt.held_until:
                letter = receipt.letter or held.letter
                self._held[receipt.key] = replace(held, until=receipt.held_until, letter=letter)
                continue
            del self._held[receipt.key]
            self._gone[receipt.key] = None
            became.setdefault(held.notice.escalation, []).append(receipt)
        for channel in dict.fromkeys(receipt.channel for receipt in receipts if receipt.delivered_at):
            self._sent.append(CountedMessage(at=workflow.now(), channel=channel))
        return became

    def _carried(self) -> InboxContent:
        return InboxContent(
            held=tuple(self._held.values()),
            sent=tuple(self._sent),
            gone=last_of(tuple(self._gone)[-_KNOWN_AGAIN:], GONE),
        )


async def _report(became: dict[str, list[DeliveryResult]]) -> None:
    """An escalation that cannot hear for so long knows the message as held, not as lost."""
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
