"""Tick off a response of the current level (MATRIX-4)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Reason, reason, sentences
from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class ResponseTicked(BaseEvent):
    kind: Literal["response_ticked"] = "response_ticked"
    level: int
    response: str
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, responses_done=(*now.responses_done, self.response))

    def sentence(self) -> Reason:
        return reason(self.code, self.level, self.response)


class TickResponse(MoveCommand):
    """Tick off a response of the current level, by its words or its number in the list."""

    move = Move.TICK_RESPONSE
    kind: Literal["tick_response"] = "tick_response"
    response: Annotated[
        str, Field(min_length=1, max_length=500, description="The response of this level that was done.")
    ]
    level: Annotated[
        int | None, Field(ge=1, description="The level that it belongs to. If omitted: the present one.")
    ] = None
    """The level that was looked at; refused if it has risen since, as a number would mean another response there."""
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("no_responses_left", now.level) if not now.responses_left else None

    def carry_out(self, work: Work) -> None:
        # MATRIX-4: by its words, or by its number in the list; whoever says which level does not hit another.
        now = work.state
        if self.level not in {None, now.level}:
            raise MoveNotAllowed(reason("at_another_level", now.level, self.level), subject=now.key)
        responses = now.current_level.responses
        by_number = {str(number): text for number, text in enumerate(responses, 1)}
        response = by_number.get(self.response, self.response)
        if response not in responses:
            listed = sentences(f"{now.level}.{number} {text}" for number, text in by_number.items())
            what = reason("no.response", now.level)
            raise UnknownName.of(what, self.response, responses, subject=now.key, listed=listed)
        if response in now.responses_done:
            raise MoveNotAllowed(reason("ticked_already", repr(response)), subject=now.key)
        work.record(ResponseTicked(level=now.level, response=response, note=self.note))
