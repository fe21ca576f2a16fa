"""
BaseWorkflow: base of our long-lived workflows, whatever they are about.

Owns the loop of a run: decide what is due, start what waits in the outboxes, arm one timer, show the state, wait. Owns
how a move of a person is followed, too. It knows no rule: each command goes to ``_decision``.

Why the loop decides nothing but what is due: updates and signals are decided in their handlers, where their sender gets
the answer. The loop runs after all of them, once in each step of the run, so what a step decided leaves together.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.kernel.budgets import ANSWERED, CARRIED, UNRECORDED, last_of, size_of
from escalation.kernel.business_time import OpenHours
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import EscalationError, NotProven
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.system_commands import CancelByOperator, ExtendOpenHours, ReportDelivery, Tick
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.policy.rates import REFUSALS
from workflows.continue_as_new import ContinuableWorkflow, continue_as_new, is_outdated
from workflows.delivery_outbox import DeliveryOutbox, Sender
from workflows.inputs import takes_one
from workflows.look_ups import QUICK
from workflows.message_proofs import judge_signal
from workflows.outbox import Background, Outbox, Parallel, Timer
from workflows.sent_signals import SentSignals, require_sent
from workflows.web_ui import SearchValues, updates_between

Made = TypeVar("Made")
"""The decision of the rules that the workflow is about."""


class BaseWorkflow(ContinuableWorkflow, Sender, ABC, Generic[Made]):
    """One run of a long-lived process. *carried*: what the run before it handed on."""

    _FOLLOWED_KEPT = 500
    """Ids of updates that are remembered."""

    def __init__(self, carried: contract.ContinuedRun) -> None:
        self._followed = dict.fromkeys(carried.followed_updates)
        self._rates = carried.rates
        self._sent = SentSignals(carried.sent_signals)
        self._verifying, self._judging = asyncio.Lock(), asyncio.Lock()
        self._shown: SearchValues = {}
        self._background = Background()
        self._timer = Timer(self._background)
        self._deliveries = DeliveryOutbox(self._background, self, carried.notifications, carried.to_repeat)
        self._hours = Parallel(self._background, _compile_hours, self._decide)

    # Decisions.

    @abstractmethod
    def _decision(self, command: Any) -> Made:
        """
        Put *command* to the rules; nothing is kept.

        Raises:
            EscalationError: If they refuse it.
        """

    @abstractmethod
    def _keep(self, made: Made) -> None:
        """Keep a decision, and put what it asks for into the outboxes."""

    def _decide(self, command: Any) -> None:
        """Decide a command that cannot be refused, because it says what has happened."""
        try:
            made = self._decision(command)
        except EscalationError as refusal:  # it would fail the workflow; a mistake must only stall it
            raise RuntimeError(f"the engine refused {type(command).__name__}: {refusal}") from refusal
        self._keep(made)

    # The loop.

    @property
    def _outboxes(self) -> Sequence[Outbox[Any, Any]]:
        """Outboxes in the order in which they start: it is part of the history, and a replay must find the same."""
        return (self._hours, self._deliveries)

    @property
    @abstractmethod
    def _is_busy(self) -> bool:
        """True while there is something to wait for; then the run ends."""

    @property
    @abstractmethod
    def _may_continue(self) -> bool:
        """True if the run should continue as a new one, and nothing prevents it."""

    @abstractmethod
    def _wakes_at(self) -> datetime | None:
        """Return when something is due next."""

    @abstractmethod
    def _wakes_for(self) -> str:
        """Say what the next timer is for, in words that a manager understands."""

    @abstractmethod
    def _carried(self) -> object:
        """Return what the next run starts with."""

    @abstractmethod
    def _search_values(self) -> SearchValues:
        """Return what the lists of the Web UI show."""

    async def _run_loop(self) -> None:
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

    def _show(self) -> None:
        """Write what lists show, as far as it has changed: each write is billed."""
        values = self._search_values()
        if changes := updates_between(self._shown, values):
            workflow.upsert_search_attributes(changes)
            self._shown = values

    async def _wait(self) -> None:
        try:
            await self._background.wait(lambda: is_outdated() and self._may_continue)
        except asyncio.CancelledError:
            if workflow.cancellation_reason() is None:
                raise  # the run is being evicted from the worker, not cancelled
            self._stop()

    def _stop(self) -> None:
        """Decide that the operator ended the process."""
        self._decide(CancelByOperator())

    # What is carried over.

    def _fits(self, *kept: object) -> bool:
        """Return whether *kept*, the messages that wait and the rest fit into the input of a new run."""
        kept = (*kept, self._rates, *self._deliveries.to_repeat, *self._deliveries.pending)
        return sum(map(size_of, kept)) + UNRECORDED + ANSWERED <= CARRIED

    def _continued_run(self) -> dict[str, Any]:
        """Return the fields of a ``ContinuedRun``."""
        return {
            "notifications": tuple(self._deliveries.pending),
            "to_repeat": self._deliveries.to_repeat,
            "followed_updates": last_of(tuple(self._followed)[-self._FOLLOWED_KEPT :], ANSWERED),
            "rates": self._rates,
            "sent_signals": self._sent.fingerprints,
        }

    # Updates and signals.

    def is_followed(self) -> bool:
        """Return whether this update was followed before, perhaps by an earlier run."""
        update = workflow.current_update_info()
        return update is not None and update.id in self._followed

    def _remember_update(self) -> None:
        if update := workflow.current_update_info():
            self._followed[update.id] = None

    async def judge_signal(self, move: str, raws: Sequence[RawValue]) -> None:
        """
        Wait until the proof of a signal is judged: one after the other, so that they are followed as they came. A
        proof holds for one signal.

        Raises:
            NotProven: If its proof is missing where it is needed, not good, or was used before.
        """
        async with self._judging:
            proof = await judge_signal(move, raws, self._followed)
        if proof is None:
            return
        if proof.message in self._followed:
            raise NotProven(reason("proof_used"))
        self._followed[proof.message] = None

    def _has_room_for_refusal(self, move: str) -> bool:
        """Return whether one more refusal may be recorded; a flood of signals must not fill the record."""
        now = workflow.now()
        if not self._rates.has_room("refusals", REFUSALS, now):
            workflow.logger.warning("refusal_not_recorded", extra={"move": move[:200]})
            return False
        self._rates = self._rates.after("refusals", REFUSALS, now, "refusals")
        return True

    @workflow.signal(name=contract.REPORT_DELIVERY, description="What became of messages that had to wait.")
    @takes_one
    def report_delivery(self, *raws: RawValue) -> None:
        self._deliveries.take_late_results(*raws)

    def take_results(self, newer: tuple[DeliveryResult, ...]) -> None:
        self._decide(ReportDelivery(results=newer))

    # What runs send each other.

    @workflow.query(
        name=contract.HAS_SENT, description="Whether it sent a signal, by the fingerprint of that."
    )
    def has_sent(self, fingerprint: str) -> bool:
        return self._sent.has(fingerprint)

    async def _require_sent_by(self, sender: str, message: object) -> None:
        """
        Wait until *sender* has said that *message* is its own. One after the other, so that what it sends is followed
        in the order in which it came.

        Raises:
            MoveNotAllowed: If it is not.
        """
        async with self._verifying:
            await require_sent(sender, message)

    # Open hours that end soon are compiled further.

    def _extend_hours(self, wanted: CompileOpenHours) -> None:
        """Ask once: the rules ask again in each decision until they have it, and in the next run if this one ends."""
        if wanted.calendar not in {other.calendar for other in self._hours.carried}:
            self._hours.add(wanted)


async def _compile_hours(wanted: CompileOpenHours) -> ExtendOpenHours:
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
