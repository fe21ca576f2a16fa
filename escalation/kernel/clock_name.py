"""The names of clocks."""

from enum import StrEnum


class ClockName(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    LEVEL_WINDOW = "level_window"
    FIRST_NOTIFICATION = "first_notification"
    NEXT_UPDATE = "next_update"
    RESOLUTION = "resolution"
    VERIFICATION = "verification"
    INTERNAL_RCA = "internal_rca"
    CUSTOMER_RCA = "customer_rca"
    CLOSING = "closing"
    ACKNOWLEDGEMENT_EXPIRY = "acknowledgement_expiry"
    PAUSE = "pause"
    ON_DUTY = "on_duty"
    TASK_FORCE_STATUS = "task_force_status"
    SEAT_ANSWER = "seat_answer"
    SURVEY = "survey"
    CUSTOMER_TEXT = "customer_text"
    CUSTOMER_ANSWER = "customer_answer"
    INTERNAL_UPDATE = "internal_update"
    """Time to the next internal update; not every playbook promises one."""
    TOUCH_POINT = "touch_point"
    SPONSORSHIP_REVIEW = "sponsorship_review"

    @property
    def words(self) -> str:
        if self is ClockName.ACKNOWLEDGE:
            return "acknowledgement"
        return self.value.replace("_", " ").replace("rca", "RCA")


OF_TASK_FORCES = frozenset({ClockName.TASK_FORCE_STATUS, ClockName.SEAT_ANSWER})
"""Clocks that each task force runs for itself; no pause of the escalation stops them."""
