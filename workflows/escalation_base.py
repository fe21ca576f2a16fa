"""
EscalationBase: the state of one escalation in its workflow, and the way that every command takes to the rules.

The handlers of the workflow stand in files of their own, each a class above this one: `escalation_start`,
`escalation_moves`, `escalation_queries`, `escalation_merge`. `escalation` puts them together and has the run itself.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow

from escalation import contract
from escalation.case import commands as c
from escalation.case.deliveries import results_of
from escalation.case.effects import Effect, FindOnCall, OpenSuccessor, ProposeSponsorship
from escalation.case.engine import decide
from escalation.case.events import Event
from escalation.case.lifecycle import AFTER_THE_CLOSE, Move
from escalation.case.state import Escalation
from escalation.case.work import Decision
from escalation.kernel.event import RecordedEvent
from escalation.kernel.reasons import Part
from escalation.kernel.refusals import EscalationError, MoveNotAllowed, StillFinishing
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import CustomerNotification, InternalNotification
from escalation.notifications.system_commands import NoteRefusal
from escalation.policy.open_hours_horizon import CompileOpenHours
from workflows.base_workflow import BaseWorkflow
from workflows.message_proofs import current_door
from workflows.on_call import find_on_call
from workflows.outbox import Outbox, Parallel
from workflows.record_outbox import RecordOutbox
from workflows.run_metrics import count_breaches
from workflows.successor import propose_sponsorship, start_successor
from workflows.task_force_orders import TaskForceOrders

_LONGEST_TIMELINE = 2_000


class EscalationBase(BaseWorkflow[Decision]):
    """One escalation, opened or not, and the work that its decisions ask for."""

    def __init__(self, begin: contract.EscalationInput) -> None:
        carried = begin.carried
        kept = carried or contract.ContinuedWork()
        super().__init__(kept)
        self._begin = begin
        self._now: Escalation | None = carried.escalation if carried else None
        self._events: list[Event] = list(carried.events) if carried else []
        self._refusal: EscalationError | None = None
        """Refusal of its start; None: it was opened, or still can be."""
        self._early_refusals: list[NoteRefusal] = []
        """Refused signals that came before it was open."""
        self._is_handed_over = False
        background, decide_ = self._background, self._decide
        self._look_ups = Parallel(background, find_on_call, decide_, kept.look_ups)
        self._proposals = Parallel(background, propose_sponsorship, decide_, kept.proposals)
        self._orders = TaskForceOrders(background, decide_, kept.orders, self._sent, begin.continue_after)
        self._successors = Parallel(background, start_successor, decide_, kept.successors)
        """Only its follow-up starts one, when the key is free (CLOSE-9)."""
        self._records = RecordOutbox(background, self, kept.unrecorded, kept.left_out)

    @property
    def _outboxes(self) -> Sequence[Outbox[Any, Any]]:
        return (*super()._outboxes, self._look_ups, self._proposals, self._orders, self._records)

    # The escalation.

    @property
    def opened(self) -> Escalation:
        """
        The escalation as it is now.

        Raises:
            MoveNotAllowed: If it is not open yet, or never was.
        """
        if self._now is None:
            key = workflow.info().workflow_id
            if self._refusal:
                raise MoveNotAllowed(f"{key}: was never opened, because its start was refused")
            raise MoveNotAllowed(f"{key}: is still starting; try again in a moment")
        return self._now

    @property
    def is_notifying(self) -> bool:
        """Messages are still on their way, so more will happen to it, even if it has ended."""
        return not (self._deliveries.is_empty and self._look_ups.is_empty)

    async def _wait_until_open(self) -> None:
        """
        Raises:
            EscalationError: If its start is refused.
        """
        await workflow.wait_condition(lambda: self._now is not None or self._refusal is not None)
        if self._refusal:
            raise self._refusal

    def _require_free(self, move: Move | None = None) -> None:
        """
        Refuse what cannot be done any more: its successor needs the key, which is taken until the last messages are out
        (START-4, CLOSE-9). *move*: what is asked for; None: another start.

        Raises:
            StillFinishing: If it is finishing.
        """
        is_late = move in {None, Move.REOPEN} or (self._is_handed_over and move in AFTER_THE_CLOSE)
        if not self.opened.is_open and is_late:
            raise StillFinishing(
                f"{self.opened.key}: has ended, but its last messages are still on their way; try again soon"
            )

    # Commands.

    def _decision(self, command: c.Command) -> Decision:
        return decide(self.opened, command, workflow.now(), current_door())

    def _keep(self, made: Decision) -> None:
        self._now = made.state
        self._events = [*self._events, *made.events][-_LONGEST_TIMELINE:]
        self._records.add(*made.events)
        count_breaches(made.events, made.state.priority)
        for effect in made.effects:
            self._take_effect(effect)
        self._background.wake()

    def _take_effect(self, effect: Effect) -> None:
        match effect:
            case CompileOpenHours():
                self._extend_hours(effect)
            case FindOnCall():
                self._look_ups.add(effect)
            case ProposeSponsorship():
                self._proposals.add(effect)
            case OpenSuccessor():
                self._successors.add(effect.request)
            case InternalNotification() | CustomerNotification():
                self._deliveries.add(effect)
            case _:
                self._orders.add(effect)

    def note_refusal(self, move: str, why: Part) -> None:
        refusal = NoteRefusal(refused=move, why=why)
        if not self._has_room_for_refusal(move):
            return
        if self._now is None:
            self._early_refusals.append(refusal)
        else:
            self._decide(refusal)

    # What the base class asks.

    @property
    def own_prefix(self) -> str:
        return f"{self._now.id}:" if self._now else ""

    @property
    def first_event(self) -> RecordedEvent | None:
        return self._events[0] if self._events else None

    def known_results(self) -> Iterable[DeliveryResult]:
        return results_of(self._events)

    def _wakes_at(self) -> datetime | None:
        return self.opened.wake_at
