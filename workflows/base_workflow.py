"""
Life: what a run does whatever it is about. Messages go out in waves, one timer waits, open hours are compiled further.

It keeps tasks beside the run, and knows nothing of rules: whatever comes of a task is put to ``_decide``.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError

from escalation import contract
from escalation.case import commands as c
from escalation.case.effects import (
    CompileOpenHours,
    CustomerNotification,
    InternalNotification,
    NotificationBatch,
)
from escalation.kernel.budgets import (
    ANSWERED,
    CARRIED,
    MOST_MESSAGES,
    MOST_WAVES,
    OURS,
    UNRECORDED,
    WAVES_AT_ONCE,
    size_of,
)
from escalation.kernel.business_time import OpenHours
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import EscalationError
from escalation.notifications.batches import batches_of
from escalation.notifications.delivery_results import DeliveryResult, select_newer
from escalation.notifications.foreign_messages import find_foreign_messages, select_own_results
from escalation.policy.rates import REFUSALS, Rates
from workflows.continue_as_new import ContinuableWorkflow, is_outdated
from workflows.delivery import DELIVER_MESSAGES, delivery_options, receipts_after
from workflows.raw_values import read_model
from workflows.sent_signals import SentSignals, require_sent

QUICK = timedelta(seconds=10)
A_WHILE = timedelta(minutes=1)
_A_STEP = timedelta(seconds=1)

FromLife = c.ReportDelivery | c.ExtendOpenHours | c.CancelByOperator
"""What comes of it by itself."""


class BaseWorkflow(ContinuableWorkflow):
    """What a workflow is built on."""

    def __init__(self) -> None:
        self._notices: list[InternalNotification | CustomerNotification] = []
        self._answered: dict[str, None] = {}
        """Ids of the updates that were followed."""
        self._rates = Rates()
        self._under_way: list[NotificationBatch] = []
        self._mistake: BaseException | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.Task[None] | None = None
        self._armed_for: datetime | None = None
        self._extending: set[str] = set()
        """Calendars that are being compiled further."""
        self._is_stirred = True
        self._repeated: list[InternalNotification | CustomerNotification] = []
        """Messages that an earlier run had begun to send, and did not see the end of."""
        self._is_sending_on = False
        """More messages follow in the next step."""
        self._vouchers = SentSignals()
        self._hearing = asyncio.Lock()
        """What other runs send is heard one after the other, in the order in which it came."""

    # What the workflow says of itself.

    def _decide(self, command: Any) -> None:
        """Put a command of ``FromLife`` to the rules, and keep the answer."""
        raise NotImplementedError

    def note_refusal(self, move: str, why: str) -> None:
        """Keep on record that what nobody waits for could not be followed."""
        raise NotImplementedError

    def _receipts(self) -> Iterable[DeliveryResult]:
        """All that it has heard of its messages, oldest first."""
        raise NotImplementedError

    def _keeps_refusal(self, move: str) -> bool:
        """Whether there is room for one more on record; a flood of signals must not fill it."""
        now = workflow.now()
        if not self._rates.has_room("refusals", REFUSALS, now):
            workflow.logger.warning("refusal_not_recorded", extra={"move": move[:200]})
            return False
        self._rates = self._rates.after("refusals", REFUSALS, now, "refusals")
        return True

    def _since(self) -> int:
        """The first event of its timeline; what came before is forgotten."""
        raise NotImplementedError

    def _wakes_at(self) -> datetime | None:
        raise NotImplementedError

    @property
    def _is_to_go_on(self) -> bool:
        """As a new run, and nothing is in the way."""
        raise NotImplementedError

    def _wakes_for(self) -> str:
        """What the next timer is for, in words that a manager understands."""
        raise NotImplementedError

    def _fits(self, *kept: BaseModel) -> bool:
        """*kept*, the messages that are still to go out, and the rest: a continued run can be given all of it."""
        kept = (*kept, *self._repeated, *self._notices, *self._under_way)
        return sum(map(size_of, kept)) + UNRECORDED + ANSWERED <= CARRIED

    def is_answered(self) -> bool:
        """Whether this update was followed before, perhaps by an earlier run."""
        update = workflow.current_update_info()
        return update is not None and update.id in self._answered

    def _remember_answer(self) -> None:
        if update := workflow.current_update_info():
            self._answered[update.id] = None

    async def _be_stirred(self) -> None:
        try:
            await workflow.wait_condition(lambda: self._is_stirred or (is_outdated() and self._is_to_go_on))
        except asyncio.CancelledError:
            if workflow.cancellation_reason() is None:
                raise  # the run is being evicted from the worker, not cancelled
            self._stop()
        if self._mistake:
            raise RuntimeError("a task beside the run failed") from self._mistake

    def _stop(self) -> None:
        """The operator ended it."""
        self._decide(c.CancelByOperator())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        """Nobody awaits these tasks: what goes wrong in one must stall the run, not vanish."""
        self._tasks.discard(task)
        if not task.cancelled() and (mistake := task.exception()):
            self._mistake = mistake
            self._is_stirred = True

    # What escalations and task forces send each other.

    @workflow.query(name=contract.HAS_SENT, description="Whether it sent a message, by the digest of that.")
    def vouch(self, digest: str) -> bool:
        return self._vouchers.has(digest)

    async def _heard(self, sender: str, message: BaseModel) -> None:
        """
        Wait until *sender* has said that *message* is its own.

        Raises:
            MoveNotAllowed: If it is not.
        """
        async with self._hearing:
            await require_sent(sender, message)

    # Messages: one activity a wave, beside everything else.

    def _send_waves(self) -> None:
        """The server takes no more than 4 MiB of one step: what is beyond a few waves leaves in the next."""
        if self._is_sending_on or len(self._under_way) >= MOST_WAVES:
            return
        waiting = self._held_back()
        repeats = (wave.changed(is_repeat=True) for wave in batches_of(self._repeated))
        waves = [*repeats, *batches_of(self._notices)]
        for wave in waves[:WAVES_AT_ONCE]:
            self._under_way.append(wave)
            self._spawn(self._deliver(wave))
        left = waves[WAVES_AT_ONCE:]
        self._repeated = [notice for wave in left if wave.is_repeat for notice in wave.notices]
        self._notices = [notice for wave in left if not wave.is_repeat for notice in wave.notices] + waiting
        if left:
            self._is_sending_on = True
            self._spawn(self._send_on())

    def _held_back(self) -> list[InternalNotification | CustomerNotification]:
        """Taken out of what is to be sent: what customers are told while very much is under way to them."""
        under_way = sum(len(notice.to) for wave in self._under_way for notice in wave.notices)
        if under_way < MOST_MESSAGES:
            return []
        waiting = [notice for notice in self._notices if isinstance(notice, CustomerNotification)]
        self._notices = [notice for notice in self._notices if isinstance(notice, InternalNotification)]
        return [*waiting]

    async def _send_on(self) -> None:
        await workflow.sleep(_A_STEP, summary="more messages follow")
        self._is_sending_on = False
        self._is_stirred = True

    async def _deliver(self, wave: NotificationBatch) -> None:
        try:
            receipts = await workflow.execute_activity(
                DELIVER_MESSAGES,
                wave,
                result_type=tuple[DeliveryResult, ...],
                **delivery_options(wave),
            )
        except ActivityError as error:
            receipts = receipts_after(error, wave)
        self._under_way = [other for other in self._under_way if other is not wave]
        self._note_delivery(receipts)

    def _note_delivery(self, receipts: Iterable[DeliveryResult]) -> None:
        """Only what says more than is known: words on one message come late, twice, or out of order."""
        if news := select_newer(self._receipts(), receipts):
            self._decide(c.ReportDelivery(receipts=news))
        self._is_stirred = True

    def _record_late(self, own: str | None, *raws: RawValue) -> None:
        """What had to wait has left, or never will. *own*: how the keys of the run's messages begin."""
        try:
            told = read_model(c.ReportDelivery, raws, "a delivery", "receipts", OURS)
        except EscalationError as refusal:
            self.note_refusal(contract.REPORT_DELIVERY, refusal.message)
            return
        # The id may be another one's by now, whose messages these are not.
        ours = tuple(each for each in told.receipts if own and each.key.startswith(own))
        known = select_own_results(ours, own or "", self._receipts(), self._told(), self._since())
        if unknown := len(ours) - len(known):
            self.note_refusal(
                contract.REPORT_DELIVERY, f"{number_of(unknown, 'word')} on messages that it has not told"
            )
        self._note_delivery(known)

    def _told(self) -> tuple[NotificationBatch, ...]:
        """What it has told, or is about to, without having heard what became of it."""
        return (*self._under_way, NotificationBatch(notices=(*self._repeated, *self._notices)))

    def _strangers(self, wave: NotificationBatch, own: str) -> dict[str, str]:
        return find_foreign_messages(wave, own, self._receipts(), self._told(), self._since())

    # Time: one timer, armed again only when something is due earlier.

    def _arm(self) -> None:
        wake_at, now = self._wakes_at(), workflow.now()
        if wake_at is None:
            self._disarm()
            return
        # Only what is being worked on already can be behind us: open hours that are compiled further.
        at = wake_at if wake_at > now else now + A_WHILE
        # A timer whose time has come is of no use any more: what it was for has just been judged.
        if self._armed_for is None or at < self._armed_for or self._armed_for <= now:
            self._disarm()
            self._armed_for = at
            self._timer = self._spawn(self._sleep_until(at))

    def _disarm(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._armed_for = None

    async def _sleep_until(self, at: datetime) -> None:
        await workflow.sleep(at - workflow.now(), summary=self._wakes_for())
        self._timer = self._armed_for = None
        self._is_stirred = True

    def _extend(self, wanted: CompileOpenHours) -> None:
        if wanted.calendar not in self._extending:
            self._extending.add(wanted.calendar)
            self._spawn(self._compile_hours(wanted))

    async def _compile_hours(self, wanted: CompileOpenHours) -> None:
        hours = await workflow.execute_activity(
            contract.EXTEND_OPEN_HOURS,
            wanted,
            result_type=OpenHours,
            start_to_close_timeout=QUICK,
            summary=f"compile the open hours of {wanted.calendar} further",
        )
        self._extending.discard(wanted.calendar)
        self._decide(
            c.ExtendOpenHours(
                calendar=wanted.calendar,
                definition=wanted.definition,
                since=wanted.since,
                open_hours=hours,
            )
        )
