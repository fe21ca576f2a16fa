"""
OnCallLookUps: whoever is on call is found out when somebody has to be notified (MATRIX-1).

The rules ask for it with an effect, and what is to be said comes back with the answer. Nobody may wait for long: if
the source cannot be asked, the rules hear that, ask somebody else, and look again later.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError

from escalation import contract
from escalation.case import commands as c
from escalation.case.effects import FindOnCall, OnCallFound
from escalation.kernel.refusals import MoveNotAllowed
from workflows.escalation_base import EscalationBase
from workflows.look_ups import QUICK
from workflows.raw_values import read_model, takes_one

_A_TRY = timedelta(minutes=1)
_NOT_SILENT_FOR = timedelta(minutes=5)
"""Who is on call must be known by then, or else somebody else is asked."""
_LOOKED_UP_AGAIN_AFTER = timedelta(seconds=10)
"""For somebody unknown: names that nobody has must not keep a worker busy."""
_ASKED_AGAIN_AFTER = timedelta(minutes=15)
"""If it could not be found out."""
_LOOK_UP = 'Look up again who is on call, for somebody unknown. Example: {"person": "YOU"}'


class OnCallLookUps(EscalationBase):
    """The look-ups of one escalation."""

    _looked_up_at: datetime | None = None
    """When somebody unknown last had it looked up again."""

    async def _find_on_call(self, wanted: FindOnCall) -> c.ReportOnCall:
        try:
            found: OnCallFound = await workflow.execute_activity(
                contract.FIND_ON_CALL,
                wanted,
                result_type=OnCallFound,
                start_to_close_timeout=_A_TRY,
                schedule_to_close_timeout=_NOT_SILENT_FOR,
                summary=f"find out who is on call for {wanted.schedule}",
            )
        except ActivityError as error:
            why = f"it could not be found out: {error.cause or error}"
            until = workflow.now() + _ASKED_AGAIN_AFTER
            found = OnCallFound(schedule=wanted.schedule, people=(), until=until, why=why, is_known=False)
        return c.ReportOnCall(found=found, notice=wanted.notice)

    @workflow.update(name=contract.LOOK_UP_ON_CALL, description=_LOOK_UP)
    @takes_one
    async def look_up_on_call(self, *_raws: RawValue) -> contract.OnCallPeople:
        self._looked_up_at = workflow.now()
        self._decide(c.LookUpOnCall())
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._look_ups.is_empty, timeout=QUICK)
        people = (person for shift in self.opened.shifts for person in shift.people)
        return contract.OnCallPeople(people=tuple(dict.fromkeys(people)))

    @look_up_on_call.validator
    @takes_one
    def may_look_up_on_call(self, *raws: RawValue) -> None:
        """What was looked up just now needs no other look."""
        asked = read_model(contract.OnCallRequest, raws, "the look-up", _LOOK_UP)
        now, at = self.opened, self._looked_up_at
        is_fresh = at is not None and workflow.now() - at < _LOOKED_UP_AGAIN_AFTER
        if is_fresh or now.plan.knows(asked.person) or not (now.is_open and now.shifts):
            raise MoveNotAllowed(f"{now.key}: there is nothing to look up")
