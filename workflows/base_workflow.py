"""
Life: base of the workflows of escalations and task forces, whatever they are about.

Owns the loop of a run: judge what is due, start what waits in the outboxes, arm one timer, show the state, wait. It
knows no rule: whatever comes of work beside the run is put to ``_decide``.

Why one loop, and why it decides nothing else: updates and signals are decided in their handlers, where their sender
gets the answer. The loop runs after all of them, once in each step of the run, so what a step decided leaves together.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.kernel.budgets import ANSWERED, CARRIED, UNRECORDED, last_of, size_of
from escalation.kernel.business_time import OpenHours
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.shell_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.policy.open_hours import CompileOpenHours
from escalation.policy.rates import REFUSALS
from workflows.continue_as_new import ContinuableWorkflow, continue_as_new, is_outdated
from workflows.delivery import DeliveryOutbox
from workflows.look_ups import QUICK
from workflows.outbox import Background, Outbox, Parallel, Timer
from workflows.raw_values import takes_one
from workflows.sent_signals import SentSignals, require_sent

FromLife = Tick | ReportDelivery | ExtendOpenHours | CancelByOperator | NoteRefusal
"""What comes of it by itself."""


class BaseWorkflow(ContinuableWorkflow):
    """Base of a workflow. *carried*: what the run before it handed on."""

    _ANSWERS_KEPT = 500

    def __init__(self, carried: contract.CarriedRun | None) -> None:
        kept = carried or contract.CarriedRun()
        self._answered = dict.fromkeys(kept.answered)
        """Ids of the updates that were followed."""
        self._rates = kept.rates
        self._vouchers = SentSignals(kept.vouched)
        self._hearing = asyncio.Lock()
        self._background = Background()
        self._timer = Timer(self._background)
        self._deliveries = DeliveryOutbox(self._background, self, kept.notices, kept.under_way)
        self._hours = Parallel(self._background, self._compile_hours, self._decide)

    # What the workflow says of itself.

    def _decide(self, command: Any) -> None:
        """Put a command of ``FromLife`` to the rules, and keep the answer."""
        raise NotImplementedError

    def note_refusal(self, move: str, why: str) -> None:
        """Keep on record that what nobody waits for could not be followed."""
        raise NotImplementedError

    @property
    def _own_prefix(self) -> str:
        """Beginning of the keys of its messages; empty while it is not open."""
        raise NotImplementedError

    @property
    def _first_seq(self) -> int:
        """The first event of its timeline; what came before is forgotten."""
        raise NotImplementedError

    def _receipts(self) -> Iterable[DeliveryResult]:
        """All that it has heard of its messages, oldest first."""
        raise NotImplementedError

    def _wakes_at(self) -> datetime | None:
        """Return when something is due next."""
        raise NotImplementedError

    def _wakes_for(self) -> str:
        """Say what the next timer is for, in words that a manager understands."""
        raise NotImplementedError

    @property
    def _outboxes(self) -> Sequence[Outbox[Any, Any]]:
        """In the order in which they start. The order is part of the history: a replay must find the same."""
        return (self._hours, self._deliveries)

    @property
    def _is_busy(self) -> bool:
        """There is something to wait for; else the run ends."""
        raise NotImplementedError

    @property
    def _may_continue(self) -> bool:
        """It is to continue as a new run, and nothing is in the way."""
        raise NotImplementedError

    def _carried(self) -> object:
        """Return what the next run starts with."""
        raise NotImplementedError

    def _show(self) -> None:
        """Show the state in the lists of the Web UI, as far as it has changed."""
        raise NotImplementedError

    # The loop.

    async def _live(self) -> None:
        while self._is_busy:
            self._judge()
            if self._may_continue:
                await self._continue()
            for outbox in self._outboxes:
                outbox.start()
            self._timer.arm(self._wakes_at(), self._wakes_for)
            self._show()
            if self._is_busy:  # else what has just become due was the last that there was to do
                await self._wait()
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _judge(self) -> None:
        """Decide what is due by the clock, not by the timer: it may fire late, or with something else."""
        wakes_at = self._wakes_at()
        if wakes_at and wakes_at <= workflow.now():
            self._decide(Tick())
        self._background.is_awake = False

    async def _continue(self) -> None:
        """
        Continue as a new run, unless what came in meanwhile is too much to carry. Temporal drops an update that is
        under way when a run continues, so handlers finish first; what they decide stays pending, and is carried over.
        """
        await workflow.wait_condition(workflow.all_handlers_finished)
        if size_of(carried := self._carried()) <= CARRIED:
            self._show()
            continue_as_new(carried, memo=workflow.memo())  # or the next run has none until its first step

    async def _wait(self) -> None:
        try:
            await self._background.wait(lambda: is_outdated() and self._may_continue)
        except asyncio.CancelledError:
            if workflow.cancellation_reason() is None:
                raise  # the run is being evicted from the worker, not cancelled
            self._stop()

    def _stop(self) -> None:
        """The operator ended it."""
        self._decide(CancelByOperator())

    # What is carried over.

    def _fits(self, *kept: object) -> bool:
        """Whether a continued run can be given *kept*, the messages that are still to go out, and the rest."""
        kept = (*kept, self._rates, *self._deliveries.to_repeat, *self._deliveries.pending)
        return sum(map(size_of, kept)) + UNRECORDED + ANSWERED <= CARRIED

    def _carried_run(self) -> dict[str, Any]:
        return {
            "notices": tuple(self._deliveries.pending),
            "under_way": self._deliveries.to_repeat,
            "answered": last_of(tuple(self._answered)[-self._ANSWERS_KEPT :], ANSWERED),
            "rates": self._rates,
            "vouched": self._vouchers.kept,
        }

    # Updates and signals.

    def is_answered(self) -> bool:
        """Whether this update was followed before, perhaps by an earlier run."""
        update = workflow.current_update_info()
        return update is not None and update.id in self._answered

    def _remember_answer(self) -> None:
        if update := workflow.current_update_info():
            self._answered[update.id] = None

    def _keeps_refusal(self, move: str) -> bool:
        """Whether there is room for one more on record; a flood of signals must not fill it."""
        now = workflow.now()
        if not self._rates.has_room("refusals", REFUSALS, now):
            workflow.logger.warning("refusal_not_recorded", extra={"move": move[:200]})
            return False
        self._rates = self._rates.after("refusals", REFUSALS, now, "refusals")
        return True

    @workflow.signal(name=contract.REPORT_DELIVERY, description="What became of messages that had to wait.")
    @takes_one
    def record_delivery(self, *raws: RawValue) -> None:
        self._deliveries.record_late(*raws)

    def _record_receipts(self, news: tuple[DeliveryResult, ...]) -> None:
        self._decide(ReportDelivery(receipts=news))

    # What escalations and task forces send each other.

    @workflow.query(name=contract.HAS_SENT, description="Whether it sent a message, by the digest of that.")
    def vouch(self, digest: str) -> bool:
        return self._vouchers.has(digest)

    async def _require_sent_by(self, sender: str, message: object) -> None:
        """
        Wait until *sender* has said that *message* is its own. One after the other, so that what it sends is followed
        in the order in which it came.

        Raises:
            MoveNotAllowed: If it is not.
        """
        async with self._hearing:
            await require_sent(sender, message)

    # Open hours that end soon are compiled further.

    def _extend(self, wanted: CompileOpenHours) -> None:
        """Ask once: the rules ask again in each decision until they have it, and in the next run if this one ends."""
        if wanted.calendar not in {other.calendar for other in self._hours.carried}:
            self._hours.add(wanted)

    async def _compile_hours(self, wanted: CompileOpenHours) -> ExtendOpenHours:
        hours: OpenHours = await workflow.execute_activity(
            contract.EXTEND_OPEN_HOURS,
            wanted,
            result_type=OpenHours,
            start_to_close_timeout=QUICK,
            summary=f"compile the open hours of {wanted.calendar} further",
        )
        return ExtendOpenHours(
            calendar=wanted.calendar,
            definition=wanted.definition,
            since=wanted.since,
            open_hours=hours,
        )
