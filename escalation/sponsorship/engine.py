"""
The executive sponsorship of one account: sponsor, terms, touch-points, reviews and their due times (SPONSOR).

A small engine beside the one of escalations: ``decide(programme, command, now)`` returns the programme after it and
the notifications. Pure; knows no clock, no channel and no escalation beyond its id.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, NamedTuple, assert_never, get_args

from pydantic import Field

from escalation.kernel.budgets import MOVE, PROGRAMME, last_of
from escalation.kernel.ids import Own, name_in, own_id
from escalation.kernel.reasons import Part, Term, reason
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed
from escalation.kernel.values import CustomerText, Input, InputDay, Instant, InternalText, Name, frozen
from escalation.notifications.notification import InternalFacts, InternalNotification, Occasion
from escalation.notifications.shell_commands import ReportDelivery
from escalation.policy.classification import Priority
from escalation.policy.people import Contact, Recipient

REMINDED_BEFORE = timedelta(days=2)
CHASED_EVERY = timedelta(days=7)
NEGLECTED_AFTER = 3 * CHASED_EVERY
"""Time overdue after which the managers of sponsorships are reminded of a touch-point, too."""
_MOST_KEPT = 200
"""Number of touch-points and reviews that are kept; the record has them all."""

_Words = Annotated[InternalText, Field(min_length=1, max_length=2_000)]
_Listed = Annotated[tuple[_Words, ...], Field(min_length=1, max_length=20)]


class SponsorshipState(StrEnum):
    PROPOSED = "proposed"
    ENROLLED = "enrolled"
    EXITED = "exited"


class SponsorshipMove(StrEnum):
    PROPOSE = "propose"
    ENROL = "enrol"
    LOG_TOUCH_POINT = "log_touch_point"
    REVIEW = "review"
    EXIT = "exit"


class SponsorshipCommand(Input):
    """A move that a person asks for."""

    move: ClassVar[SponsorshipMove]
    largest: ClassVar[int] = MOVE
    """Largest size as it is sent, in bytes."""
    by: Annotated[Name, Field(examples=["YOU"])]

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the people whom it names."""
        return (self.by,)


class Propose(SponsorshipCommand):
    """Propose that the account be sponsored; a person decides."""

    move = SponsorshipMove.PROPOSE
    why: _Words
    escalation: str = ""
    """Id of the executive escalation that proposes it; the same one proposes once."""


class Enrol(SponsorshipCommand):
    """Enrol the account: who sponsors it, what for, and how it ends."""

    move = SponsorshipMove.ENROL
    sponsor: Name
    duties: _Listed
    entry_criteria: _Listed
    measures: _Listed
    exit_criteria: _Listed
    every_days: Annotated[int, Field(ge=1, le=366)]
    """The cadence of touch-points."""
    review_on: InputDay

    @property
    def named(self) -> tuple[str, ...]:
        return (self.by, self.sponsor)


class LogTouchPoint(SponsorshipCommand):
    """Log a touch-point; the next one is due a cadence from now."""

    move = SponsorshipMove.LOG_TOUCH_POINT
    note: Annotated[_Words, Field(description="What was said and agreed.")]


class Review(SponsorshipCommand):
    """Record what the measures say, and when they are looked at again."""

    move = SponsorshipMove.REVIEW
    findings: Annotated[_Words, Field(description="What the measures say.")]
    next_review_on: Annotated[InputDay, Field(description="The day of the next review.")]


class Exit(SponsorshipCommand):
    """End a sponsorship: the exit criteria are met, or a proposal is declined."""

    move = SponsorshipMove.EXIT
    why: Annotated[_Words, Field(description="The reason, for our own people.")]


@frozen
class Tick:
    """Report that time has passed."""


PersonsCommand = Propose | Enrol | LogTouchPoint | Review | Exit
ShellsCommand = Tick | ReportDelivery
Command = PersonsCommand | ShellsCommand

PERSONS_COMMANDS: tuple[type[PersonsCommand], ...] = get_args(PersonsCommand)


def sponsorship_key(account: str) -> str:
    """Return the workflow id of an account's sponsorship, its key everywhere."""
    return own_id(Own.SPONSORSHIP, account)


def account_of(key: str) -> str:
    """Return the account whose sponsorship has this key; empty, if it is no sponsorship's key."""
    return name_in(Own.SPONSORSHIP, key)


@frozen
class LogEntry:
    """An entry for a touch-point, a review, a proposal or a failed message: who, when, what."""

    by: str
    at: Instant
    text: Part
    escalation: str = ""


def _kept(*noted: LogEntry) -> tuple[LogEntry, ...]:
    """Return the latest entries."""
    return last_of(noted[-_MOST_KEPT:], PROGRAMME)


@frozen
class Sponsorship:
    """The whole state of one account's sponsorship."""

    account: str
    standing: SponsorshipState = SponsorshipState.PROPOSED
    proposals: tuple[LogEntry, ...] = ()
    terms: Enrol | None = None
    sponsor: Contact | None = None
    enrolled_at: Instant | None = None
    touch_points: tuple[LogEntry, ...] = ()
    reviews: tuple[LogEntry, ...] = ()
    touch_due_at: Instant | None = None
    review_due_at: Instant | None = None
    remind_of_touch_at: Instant | None = None
    remind_of_review_at: Instant | None = None
    exited: LogEntry | None = None
    undelivered: tuple[LogEntry, ...] = ()
    """Messages that did not arrive, and why (COMM-13)."""
    sequence: int = 0
    """Number of decisions so far; part of the messages' keys (COMM-12)."""

    @property
    def key(self) -> str:
        return sponsorship_key(self.account)

    @property
    def wake_at(self) -> datetime | None:
        instants = [at for at in (self.remind_of_touch_at, self.remind_of_review_at) if at]
        return min(instants, default=None)

    def is_neglected(self, now: datetime) -> bool:
        """Return whether the touch-point is overdue for so long that the sponsor is reminded for the third time."""
        return self.touch_due_at is not None and now >= self.touch_due_at + NEGLECTED_AFTER


@frozen
class PlaybookPeople:
    """People of today's playbook whom a command names."""

    people: tuple[Contact, ...] = ()
    deciders: tuple[Name, ...] = ()
    """Roles that may enrol an account and end its sponsorship; none: everybody."""
    managers: tuple[Contact, ...] = ()
    """Managers of sponsorships: they hear what sponsors cannot be told, or do not do."""

    def person(self, id_: str) -> Contact | None:
        return next((person for person in self.people if person.id == id_), None)

    def name_of(self, id_: str) -> str:
        person = self.person(id_)
        return person.name if person else id_


class SponsorshipDecision(NamedTuple):
    """The answer to a command."""

    programme: Sponsorship
    notices: tuple[InternalNotification, ...] = ()


def decide(
    programme: Sponsorship, command: Command, now: datetime, known: PlaybookPeople = PlaybookPeople()
) -> SponsorshipDecision:
    """
    Decide what *command* means at *now*. *known*: the people whom it names.

    Raises:
        EscalationError: If it is refused. Nothing has changed.
    """
    if not isinstance(command, ShellsCommand) and programme.standing is SponsorshipState.EXITED:
        raise MoveNotAllowed(
            reason("sponsorship.ended"), subject=programme.key, allowed_moves=[_move("propose_again")]
        )
    if isinstance(command, Enrol | Exit):
        _require_decider(programme, command, known)
    counted = replace(programme, sequence=programme.sequence + 1)
    match command:
        case Propose():
            return _proposed(counted, command, now, known)
        case Enrol():
            return _enrolled(counted, command, known.person(command.sponsor), now)
        case LogTouchPoint():
            return SponsorshipDecision(_touched(counted, command, now))
        case Review():
            return SponsorshipDecision(_reviewed(counted, command, now))
        case Exit():
            return _exited(counted, command, now)
        case Tick():
            return _reminded(counted, now, known)
        case ReportDelivery():
            return _delivered(counted, command, now, known)
        case _:
            assert_never(command)


def _require_decider(programme: Sponsorship, command: Enrol | Exit, known: PlaybookPeople) -> None:
    """Require a person who may decide, by the playbook (SPONSOR-2)."""
    person = known.person(command.by)
    if known.deciders and not set(person.roles if person else ()) & set(known.deciders):
        who, what = known.name_of(command.by), "enrol" if isinstance(command, Enrol) else "exit"
        obstacle = reason("roles_that_may", who, _move(what), tuple(known.deciders))
        raise RoleNotAllowed(obstacle, subject=programme.key)


def _proposed(
    programme: Sponsorship, command: Propose, now: datetime, known: PlaybookPeople
) -> SponsorshipDecision:
    """Record a proposal, and notify who decides, unless it comes from an escalation, which did (SPONSOR-2)."""
    if command.escalation in {each.escalation for each in programme.proposals if each.escalation}:
        return SponsorshipDecision(programme)
    noted = LogEntry(by=command.by, at=now, text=command.why, escalation=command.escalation)
    programme = replace(programme, proposals=_kept(*programme.proposals, noted))
    if command.escalation or programme.standing is not SponsorshipState.PROPOSED:
        return SponsorshipDecision(programme)
    others = replace(known, managers=tuple(each for each in known.managers if each.id != command.by))
    by = known.name_of(command.by)
    notices = _to_managers(programme, others, Occasion.SPONSORSHIP_PROPOSED, now, by=by, text=command.why)
    return SponsorshipDecision(programme, notices)


def _enrolled(
    programme: Sponsorship, command: Enrol, sponsor: Contact | None, now: datetime
) -> SponsorshipDecision:
    if programme.standing is SponsorshipState.ENROLLED:
        obstacle = reason("sponsorship.enrolled", programme.account)
        moves = map(_move, ("touch", "review", "exit"))
        raise MoveNotAllowed(obstacle, subject=programme.key, allowed_moves=moves)
    if sponsor is None or not sponsor.addresses:
        raise MoveNotAllowed(reason("sponsorship.no_address", command.sponsor), subject=programme.key)
    review_due_at = _ahead(programme, command.review_on, now)
    enrolled = replace(
        programme,
        standing=SponsorshipState.ENROLLED,
        terms=command,
        sponsor=sponsor,
        enrolled_at=now,
        review_due_at=review_due_at,
        remind_of_review_at=_reminder(review_due_at, now),
    )
    enrolled = _touch_next(enrolled, command, now)
    items = tuple(str(duty) for duty in command.duties)
    notice = _notice(enrolled, Occasion.SPONSOR_ENROLLED, now, due_at=enrolled.touch_due_at, items=items)
    return SponsorshipDecision(enrolled, (notice,))


def _touched(programme: Sponsorship, command: LogTouchPoint, now: datetime) -> Sponsorship:
    terms = _terms(programme, "record a touch-point")
    noted = LogEntry(by=command.by, at=now, text=command.note)
    return _touch_next(replace(programme, touch_points=_kept(*programme.touch_points, noted)), terms, now)


def _reviewed(programme: Sponsorship, command: Review, now: datetime) -> Sponsorship:
    _terms(programme, "review")
    due_at = _ahead(programme, command.next_review_on, now)
    noted = LogEntry(by=command.by, at=now, text=command.findings)
    return replace(
        programme,
        reviews=_kept(*programme.reviews, noted),
        review_due_at=due_at,
        remind_of_review_at=_reminder(due_at, now),
    )


def _exited(programme: Sponsorship, command: Exit, now: datetime) -> SponsorshipDecision:
    ended = replace(
        programme,
        standing=SponsorshipState.EXITED,
        exited=LogEntry(by=command.by, at=now, text=command.why),
        touch_due_at=None,
        review_due_at=None,
        remind_of_touch_at=None,
        remind_of_review_at=None,
    )
    if programme.sponsor is None:
        return SponsorshipDecision(ended)
    return SponsorshipDecision(ended, (_notice(ended, Occasion.SPONSORSHIP_ENDED, now, text=command.why),))


def _reminded(programme: Sponsorship, now: datetime, known: PlaybookPeople) -> SponsorshipDecision:
    """Remind of what is due, once of each: after downtime nothing comes in a burst."""
    notices: list[InternalNotification] = []
    if programme.remind_of_touch_at and programme.remind_of_touch_at <= now:
        due_at = programme.touch_due_at
        programme = replace(programme, remind_of_touch_at=_chase(due_at, now))
        notices.append(_notice(programme, Occasion.TOUCH_POINT, now, due_at=due_at, items=_duties(programme)))
        if programme.is_neglected(now):
            notices += _to_managers(programme, known, Occasion.TOUCH_POINT, now, due_at=due_at)
    if programme.remind_of_review_at and programme.remind_of_review_at <= now:
        due_at = programme.review_due_at
        programme = replace(programme, remind_of_review_at=_chase(due_at, now))
        notices.append(
            _notice(programme, Occasion.SPONSORSHIP_REVIEW, now, due_at=due_at, items=_measures(programme))
        )
    return SponsorshipDecision(programme, tuple(notices))


def _delivered(
    programme: Sponsorship, command: ReportDelivery, now: datetime, known: PlaybookPeople
) -> SponsorshipDecision:
    """Keep what failed, and raise it to a person; if even that fails, it is only kept (COMM-13)."""
    failed = [receipt for receipt in command.receipts if receipt.has_failed]
    noted = (LogEntry(by=each.recipient, at=now, text=each.failure) for each in failed)
    programme = replace(programme, undelivered=_kept(*programme.undelivered, *noted))
    items = tuple(each.failure for each in failed if each.occasion != Occasion.UNDELIVERABLE)
    notices = _to_managers(programme, known, Occasion.UNDELIVERABLE, now, items=items) if items else ()
    return SponsorshipDecision(programme, notices)


def _terms(programme: Sponsorship, what: str) -> Enrol:
    if programme.terms is None or programme.standing is not SponsorshipState.ENROLLED:
        obstacle = reason("cannot_while", _move(what), programme.standing)
        moves = map(_move, ("propose", "enrol", "exit"))
        raise MoveNotAllowed(obstacle, subject=programme.key, allowed_moves=moves)
    return programme.terms


def _touch_next(programme: Sponsorship, terms: Enrol, now: datetime) -> Sponsorship:
    """Start the cadence from this touch-point: an early one does not bring two soon after each other."""
    due_at = now + timedelta(days=terms.every_days)
    return replace(programme, touch_due_at=due_at, remind_of_touch_at=_reminder(due_at, now))


def _move(name: str) -> Term:
    return Term("SponsorshipMove", name)


def _ahead(programme: Sponsorship, day: date, now: datetime) -> datetime:
    due_at = datetime.combine(day, time(9), UTC)
    if due_at <= now:
        raise MoveNotAllowed(reason("sponsorship.review_passed", day), subject=programme.key)
    return due_at


def _reminder(due_at: datetime, now: datetime) -> datetime:
    return max(due_at - REMINDED_BEFORE, now + (due_at - now) / 2)


def _chase(due_at: datetime | None, now: datetime) -> datetime:
    """Return the due time itself, then week by week until it is done."""
    return due_at if due_at and due_at > now else now + CHASED_EVERY


def _duties(programme: Sponsorship) -> tuple[str, ...]:
    return tuple(map(str, programme.terms.duties)) if programme.terms else ()


def _measures(programme: Sponsorship) -> tuple[str, ...]:
    return tuple(map(str, programme.terms.measures)) if programme.terms else ()


def _to_managers(
    programme: Sponsorship,
    known: PlaybookPeople,
    occasion: Occasion,
    now: datetime,
    *,
    by: str = "",
    text: InternalText | None = None,
    due_at: datetime | None = None,
    items: tuple[Part, ...] = (),
) -> tuple[InternalNotification, ...]:
    """Notify the managers, without the sponsor; none, if there is nobody else."""
    sponsor = programme.sponsor.id if programme.sponsor else ""
    to = tuple(person.recipient for person in known.managers if person.id != sponsor)
    if not to:
        return ()
    return (_notice(programme, occasion, now, to=to, by=by, text=text, due_at=due_at, items=items),)


def _notice(
    programme: Sponsorship,
    occasion: Occasion,
    now: datetime,
    *,
    due_at: datetime | None = None,
    items: tuple[Part, ...] = (),
    text: InternalText | None = None,
    by: str = "",
    to: tuple[Recipient, ...] = (),
) -> InternalNotification:
    """Return a notification *to* these, or, if there are none, to the sponsor."""
    sponsor = programme.sponsor
    facts = InternalFacts(
        key=programme.key,
        subject=CustomerText(programme.account),
        priority=Priority.P4,
        state=programme.standing,
        level=0,
        level_name="",
        owner=sponsor.name if sponsor else "",
        by=by,
        due_at=due_at,
        text=text,
        items=items,
        at=now,
        account=programme.account,
    )
    since = programme.enrolled_at or now
    id_ = f"{programme.key}@{since:%Y-%m-%dT%H:%M:%SZ}"
    return InternalNotification(
        escalation=id_,
        seq=programme.sequence,
        occasion=occasion,
        to=to or ((sponsor.recipient,) if sponsor else ()),
        facts=facts,
    )
