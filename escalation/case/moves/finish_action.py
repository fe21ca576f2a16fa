"""Record that a promised action is done (CLOSE-7)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.follow_up_actions import Action
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed, UnknownName
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class ActionFinished(BaseEvent):
    kind: Literal["action_finished"] = "action_finished"
    action: int
    what: InternalText
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return _change_action(
            now, self.action, lambda action: replace(action, done_by=self.by, done_at=self.at)
        )

    def sentence(self) -> Reason:
        return reason(self.code, self.action, self.what)


class FinishAction(MoveCommand):
    """Report that an action of the RCA or the post-mortem is done."""

    move = Move.FINISH_ACTION
    kind: Literal["finish_action"] = "finish_action"
    action: Annotated[int, Field(ge=1, description="Its number, as the list of actions has it.")]
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("no_open_action") if not now.open_actions else None

    def carry_out(self, work: Work) -> None:
        """CLOSE-7: done, and nobody is reminded of it any more."""
        action = open_action(work.state, self.action)
        _require_own(work.state, action, self)
        work.record(ActionFinished(action=action.number, what=action.what, note=self.note))


def open_action(now: Escalation, number: int) -> Action:
    """
    Raises:
        EscalationError: If there is no such action, or it is done.
    """
    action = next((each for each in now.actions if each.number == number), None)
    if action is None:
        raise UnknownName.of(
            reason("no.action"), str(number), [str(each.number) for each in now.actions], subject=now.key
        )
    if action.done_at:
        raise MoveNotAllowed(
            reason("action_done", number, action.done_by or "", action.done_at), subject=now.key
        )
    return action


def _require_own(now: Escalation, action: Action, command: FinishAction) -> None:
    """Whoever may only because they own an action finishes that one; any other role that may, each of them."""
    person, roles = now.plan.contact(command.by), now.plan.permissions.get(command.move, ())
    mine = now.roles_of(person) & set(roles)
    if mine == {"action_owner"} and not now.stands_for(person.id, (action.owner,)):
        raise RoleNotAllowed(
            reason("action_of", person.name, action.number, action.owner, tuple(roles)), subject=now.key
        )


def _change_action(now: Escalation, number: int, change: Callable[[Action], Action]) -> Escalation:
    actions = (change(each) if each.number == number else each for each in now.actions)
    return replace(now, actions=tuple(actions))
