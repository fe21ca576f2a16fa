"""The base of all events of a task force."""

from escalation.kernel.event import RecordedEvent
from escalation.kernel.values import frozen
from escalation.task_force.state import TaskForce


@frozen
class BaseEvent(RecordedEvent):
    """Something that happened to a task force."""

    @property
    def code(self) -> str:
        return f"force.{self.kind}"

    def applied_to(self, now: TaskForce) -> TaskForce:
        """Return the task force after this; the number of the event is set by whoever applies it."""
        return now
