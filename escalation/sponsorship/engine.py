"""
The engine of a sponsorship: ``decide(programme, command, now, known)``, pure like that of the escalation.

What is due by now happens first; a refusal leaves nothing behind. It knows no channel and no escalation beyond its id.
"""

from datetime import datetime

from escalation.kernel.reasons import Reason, Term, reason
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed
from escalation.notifications.system_commands import ReportDelivery, Tick
from escalation.sponsorship.clock_table import CLOCKS
from escalation.sponsorship.delivery_report import report_delivery
from escalation.sponsorship.lifecycle import DECIDED, SponsorshipMove, SponsorshipState, allows
from escalation.sponsorship.move_index import PersonsCommand
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.sponsorship.state import Sponsorship
from escalation.sponsorship.work import SponsorshipDecision, SponsorshipWork

ShellsCommand = Tick | ReportDelivery
Command = PersonsCommand | ShellsCommand

PROPOSE_AGAIN = Term("SponsorshipMove", "propose_again")


def decide(
    programme: Sponsorship, command: Command, now: datetime, known: PlaybookPeople = PlaybookPeople()
) -> SponsorshipDecision:
    """
    Decide what *command* means for *programme* at *now*. *known*: the people whom it names.

    Raises:
        EscalationError: If it is refused. Nothing has changed.
    """
    asked = command.kind if isinstance(command, ShellsCommand) else command.move
    work = SponsorshipWork(programme, now, asked=asked, table=CLOCKS, known=known)
    work.settle()
    match command:
        case Tick():
            pass
        case ReportDelivery():
            report_delivery(work, command)
        case _:
            permit(work.state, command, known)
            work.by = command.by
            command.carry_out(work)
    return work.decision()


def permit(programme: Sponsorship, command: PersonsCommand, known: PlaybookPeople) -> None:
    """
    Raises:
        EscalationError: If the lifecycle forbids the move, or the roles do (SPONSOR-2).
    """
    move, standing = command.move, programme.standing
    if obstacle := find_obstacle(programme, move):
        others = tuple(each for each in SponsorshipMove if allows(standing, each))
        raise MoveNotAllowed(obstacle, subject=programme.key, allowed_moves=others or (PROPOSE_AGAIN,))
    if move in DECIDED and not known.may_decide(command.by):
        obstacle = reason("roles_that_may", known.name_of(command.by), move, tuple(known.deciders))
        raise RoleNotAllowed(obstacle, subject=programme.key)


def find_obstacle(programme: Sponsorship, move: SponsorshipMove) -> Reason | None:
    """Return why the lifecycle forbids *move*; None if it does not."""
    if allows(programme.standing, move):
        return None
    if programme.standing is SponsorshipState.EXITED:
        return reason("sponsorship.ended")
    if move is SponsorshipMove.ENROL:
        return reason("sponsorship.enrolled", programme.account)
    return reason("cannot_while", move, programme.standing)
