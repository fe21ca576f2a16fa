"""
PaceWorkflow: who may send when by a channel that has a limit as a whole, for all workers at once (COMM-12).

There only while what was sent still counts. Which turns there are, `escalation.pace` says; this file owns the time
until they are forgotten, and must not know channels or letters.
"""

from contextlib import suppress

from temporalio import workflow
from temporalio.common import RawValue

from escalation.ids import Own
from escalation.pace import Pace, TakeTurns, Turns, take_turns
from workflows import details, wire
from workflows.continuing import GoesOn, go_on, is_due
from workflows.inputs import read_start, refusable, require_nothing, require_own_id

PACE = "Pace"
TAKE_TURNS = "take_turns"
"""Names on the wire, here and in `delivery.channel_limit`: the workflow, which starts with a `Pace`, and its update."""

_EXAMPLE = '{"at_most": 1, "within": "PT1S", "count": 3, "reach": "PT10S"}'


@workflow.defn(name=PACE)
class PaceWorkflow(GoesOn):
    """One channel."""

    @workflow.init
    @wire.takes_one
    @refusable
    def __init__(self, *begins: RawValue) -> None:
        self._pace = read_start(Pace, begins, "{}") if begins else Pace()
        require_own_id(Own.PACE)
        require_nothing(self._pace == Pace(), "turns")

    @workflow.run
    @wire.takes_one
    async def run(self, *_begins: RawValue) -> None:
        while (until := self._pace.counts_until) and until > workflow.now():
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    is_due,
                    timeout=until - workflow.now(),
                    timeout_summary=details.summary("turns still count"),
                )
                go_on(self._pace)

    @workflow.update(name=TAKE_TURNS, description=f"Turns to send. Sent by the worker: {_EXAMPLE}")
    @wire.takes_one
    def take_turns(self, *raws: RawValue) -> Turns:
        asked = wire.read(TakeTurns, raws, "turns", _EXAMPLE)
        self._pace, turns = take_turns(asked, self._pace, workflow.now())
        return turns
