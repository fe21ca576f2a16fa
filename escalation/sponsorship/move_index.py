"""
The index of moves: each move that people make in a sponsorship, and all events of one.

A new move has its line in both unions, its name and its row in the lifecycle, and all else in a file of its own.
"""

from typing import Annotated, get_args

from pydantic import Field

from escalation.kernel.clock_events import ClockEvent
from escalation.sponsorship.delivery_report import MessagesFailed
from escalation.sponsorship.moves.enrol import AccountEnrolled, Enrol
from escalation.sponsorship.moves.exit import AccountExited, Exit
from escalation.sponsorship.moves.log_touch_point import LogTouchPoint, TouchPointLogged
from escalation.sponsorship.moves.propose import AccountProposed, Propose
from escalation.sponsorship.moves.review import Review, SponsorshipReviewed

PersonsCommand = Propose | Enrol | LogTouchPoint | Review | Exit

PERSONS_COMMANDS: tuple[type[PersonsCommand], ...] = get_args(PersonsCommand)

AnyEvent = Annotated[
    AccountProposed
    | AccountEnrolled
    | TouchPointLogged
    | SponsorshipReviewed
    | AccountExited
    | MessagesFailed
    | ClockEvent,
    Field(discriminator="kind"),
]
