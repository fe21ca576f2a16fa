"""Pause the clocks for a reason of the playbook, and resume them (CLOCK-3)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import notify
from escalation.case.base_event import BaseEvent
from escalation.case.level_managers import managers_of
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.state_changes import with_pause, with_pause_ended
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Pause
from escalation.kernel.reasons import PLAYBOOK, Reason, Term, reason
from escalation.kernel.refusals import UnknownName
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, Instant, InternalText, Name, frozen
from escalation.notifications.notification import Occasion


@frozen
class ClocksPaused(BaseEvent):
    kind: Literal["clocks_paused"] = "clocks_paused"
    because: str
    stops: tuple[ClockName, ...]
    """Clocks that stand still during the pause, those that start in it too."""
    stopped: tuple[ClockName, ...] = ()
    """Of these, the clocks that were running."""
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return with_pause(now, Pause(reason=self.because, stops=self.stops, started_at=self.at))

    def sentence(self) -> Reason:
        because = Term(PLAYBOOK, self.because)
        return (
            reason(self.code, because, self.stopped) if self.stopped else reason(f"{self.code}.none", because)
        )


@frozen
class ClocksResumed(BaseEvent):
    kind: Literal["clocks_resumed"] = "clocks_resumed"
    because: str
    ended_at: Instant | None = None
    """End of the longest time that it may last, if that is only known now; None: ``at``."""
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return with_pause_ended(now, self, self.because, self.ended_at)

    def sentence(self) -> Reason:
        return reason(self.code, Term(PLAYBOOK, self.because))


class PauseClocks(MoveCommand):
    """Pause for a reason of the playbook, such as waiting for the customer."""

    move = Move.PAUSE
    kind: Literal["pause"] = "pause"
    because: Annotated[
        Name,
        Field(description="What it waits for, as the playbook names it.", examples=["waiting_for_customer"]),
    ]
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("paused_already", Term(PLAYBOOK, now.pause.reason)) if now.pause else None

    def carry_out(self, work: Work) -> None:
        """CLOCK-3: stops the clocks that the playbook names for this reason."""
        pause_for(work, self.because, self.note)


def pause_for(work: Work, because: str, note: InternalText = NO_NOTE) -> None:
    """
    Stop the clocks that the playbook names for a reason, and those that always stop.

    Raises:
        UnknownName: If the playbook has no such reason.
    """
    reasons = work.state.plan.pause_reasons
    if because not in reasons:
        raise UnknownName.of(reason("no.pause_reason"), because, reasons, subject=work.state.key)
    stops = tuple(dict.fromkeys((*reasons[because].stops, ClockName.ACKNOWLEDGEMENT_EXPIRY)))
    running = {clock.name for clock in work.state.running_clocks}
    stopped = tuple(name for name in stops if name in running)
    work.record(ClocksPaused(because=because, stops=stops, stopped=stopped, note=note))
    work.start(ClockName.PAUSE)


class ResumeClocks(MoveCommand):
    """Resume: end the pause."""

    move = Move.RESUME
    kind: Literal["resume"] = "resume"
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("not_paused") if not now.pause else None

    def carry_out(self, work: Work) -> None:
        resume(work, self.note)


def end_pause(work: Work) -> None:
    """CLOCK-3, TALK-4: it has lasted as long as it may; whoever holds the escalation goes on."""
    paused, clock = work.state.pause, work.state.clock(ClockName.PAUSE)
    resume(work, ended_at=clock.due_at if clock else None)
    now = work.state
    if paused:
        why = reason("pause_ended", Term(PLAYBOOK, paused.reason))
        notify(work, Occasion.PAUSE_ENDED, (now.owner, *managers_of(now)), why=why)


def resume(work: Work, note: InternalText = NO_NOTE, ended_at: datetime | None = None) -> None:
    paused = work.state.pause
    if paused:
        work.end(ClockName.PAUSE, at=ended_at)
        work.record(ClocksResumed(because=paused.reason, note=note, ended_at=ended_at))
