"""
ChannelLimitWorkflow: gives the times to send by a channel that has a limit as a whole, to all workers (COMM-12).

It runs only while what was sent still counts. `escalation.notifications.channel_limit` says which slots there are; this
file owns the time until they are forgotten, and must not know channels or messages.
"""

from contextlib import suppress

from temporalio import workflow
from temporalio.common import RawValue

from escalation.contract import CHANNEL_LIMIT, RESERVE_SLOTS
from escalation.kernel.ids import Own
from escalation.notifications.channel_limit import ChannelLimit, ReserveSlots, Slots, reserve_slots
from workflows import web_ui
from workflows.continue_as_new import ContinuableWorkflow, continue_as_new, is_due
from workflows.inputs import (
    read_model,
    read_start,
    refuse_bad_input,
    require_nothing,
    require_own_id,
    takes_one,
)
from workflows.message_proofs import needs_proof

_EXAMPLE = '{"at_most": 1, "within": "PT1S", "count": 3, "reach": "PT10S"}'


@workflow.defn(name=CHANNEL_LIMIT)
class ChannelLimitWorkflow(ContinuableWorkflow):
    """One channel."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        self._limit = read_start(ChannelLimit, begins, "{}") if begins else ChannelLimit()
        require_own_id(Own.CHANNEL_LIMIT)
        require_nothing(self._limit == ChannelLimit(), "slots")

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> None:
        while (until := self._limit.counts_until) and until > workflow.now():
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    is_due,
                    timeout=until - workflow.now(),
                    timeout_summary=web_ui.summary("slots still count"),
                )
                continue_as_new(self._limit)

    @needs_proof
    @workflow.update(name=RESERVE_SLOTS, description=f"Slots to send. Sent by the worker: {_EXAMPLE}")
    @takes_one
    def give_slots(self, *raws: RawValue) -> Slots:
        asked = read_model(ReserveSlots, raws, "slots", _EXAMPLE)
        self._limit, slots = reserve_slots(asked, self._limit, workflow.now())
        return slots
