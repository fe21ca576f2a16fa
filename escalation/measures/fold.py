"""
Fold the events of one escalation into its figures (RECORD-2, RESOLVE-7).

Reads what happened off the state before and after each event, so that no rule is written twice. What a figure
means is in ``definitions.py``.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from escalation.case import events as e
from escalation.case.delivery_report import DeliveryReported
from escalation.case.follow_up_actions import Action
from escalation.case.moves.acknowledge import Acknowledged
from escalation.case.moves.answer_question import QuestionAnswered
from escalation.case.moves.ask_customer import CustomerAsked
from escalation.case.request import Evidence
from escalation.case.start import Opened, open_state
from escalation.case.state import VERIFYING, Escalation
from escalation.case.state_changes import apply_event
from escalation.case.system_events import MoveRefused
from escalation.case.task_forces import TaskForceReported
from escalation.kernel.clock_events import ClockStarted
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Outcome
from escalation.measures.definitions import (
    AffectedAccount,
    ClockRun,
    EscalationMeasures,
    FollowUp,
    Ownership,
    PauseTime,
    SurveyAnswer,
    goes_back_to_work,
)
from escalation.notifications.delivery_results import DeliveryResult, latest_results
from escalation.policy.classification import EvidenceKind
from escalation.policy.people import Contact, ContactKind

_Holder = tuple[int, str | None, str | None]


def measure_events(events: Iterable[e.Event]) -> EscalationMeasures:
    """
    Return the figures of *events*, which begin with ``Opened``.

    Raises:
        ValueError: If the first is not ``Opened``.
    """
    first, *rest = events
    if not isinstance(first, Opened):
        raise ValueError(f"the record must begin with opened, not {first.kind}")
    tally = _Tally(open_state(first))
    for event in rest:
        tally.take(event)
    return tally.measured


def _notified_at(event: e.Event) -> datetime:
    """Return when the last recipient in *event* was notified, as the first notification's clock counts (COMM-2)."""
    results = event.results if isinstance(event, DeliveryReported) else ()
    delivered = [result.delivered_at for result in results if result.delivered_at]
    return min(max(delivered, default=event.at), event.at)


class _Tally:
    """The figures so far."""

    def __init__(self, start: Escalation) -> None:
        self._now = start
        self._until = start.opened_at
        self._level = self._entry_level = start.level
        self._acknowledged_at: datetime | None = None
        self._first_notification_at: datetime | None = None
        self._reopened = self._refused = 0
        self._asked_at: dict[int, datetime] = {}
        self._answers_awaited = timedelta()
        self._results: dict[str, DeliveryResult] = {}
        self._runs: list[Clock] = []
        self._latest: dict[ClockName, int] = {}
        self._holders: list[tuple[datetime, _Holder]] = [(start.opened_at, _owner_of(start, None))]

    def take(self, event: e.Event) -> None:
        before, self._now = self._now, apply_event(self._now, event)
        self._until = max(self._until, event.at)
        self._level = max(self._level, self._now.level)
        self._reopened += goes_back_to_work(before.state, self._now.state)
        if self._first_notification_at is None and before.unnotified and not self._now.unnotified:
            self._first_notification_at = _notified_at(event)
        self._see_clocks(before, event)
        self._see_holder(event)
        match event:
            case Acknowledged() if self._acknowledged_at is None:
                self._acknowledged_at = event.at
            case DeliveryReported() | TaskForceReported():
                self._results = latest_results((*self._results.values(), *event.results))
            case CustomerAsked():
                self._asked_at[event.question.number] = event.at
            case QuestionAnswered():
                self._answers_awaited += event.at - self._asked_at.pop(event.number)
            case MoveRefused():
                self._refused += 1
            case _:
                pass

    def _see_clocks(self, before: Escalation, event: e.Event) -> None:
        if self._now.clocks is before.clocks:
            return
        if isinstance(event, ClockStarted):
            self._latest[event.clock.name] = len(self._runs)
            self._runs.append(event.clock)
        for clock in self._now.clocks:
            self._runs[self._latest[clock.name]] = clock

    def _see_holder(self, event: e.Event) -> None:
        holder = _owner_of(self._now, self._holders[-1][1][1])
        if holder != self._holders[-1][1]:
            self._holders.append((event.at, holder))

    @property
    def measured(self) -> EscalationMeasures:
        now, request = self._now, self._now.request
        return EscalationMeasures(
            id=now.id,
            key=now.key,
            playbook=now.plan.playbook,
            subject=request.subject,
            issue_type=now.plan.issue_type,
            category=now.plan.category,
            reason=request.reason,
            channel=request.channel,
            priority=now.priority,
            state=now.state,
            opened_at=now.opened_at,
            ended_at=now.ended_at,
            recorded_until=self._until,
            predecessor=request.predecessor,
            level=self._level,
            acknowledged_at=self._acknowledged_at,
            first_notification_at=self._first_notification_at,
            declared_at=now.resolution.declared_at if now.resolution else None,
            reopened=self._reopened,
            refused=self._refused,
            questions=now.questions_asked,
            answers_awaited=self._waited_for_answers,
            attempts=sum(_is_attempt_before(now, piece) for piece in request.evidence),
            entry_level=self._entry_level,
            customers=tuple(AffectedAccount(account=c.account, tier=c.tier) for c in request.customers),
            participants=now.participants,
            holds=self._holds(),
            clocks=tuple(_run(clock) for clock in self._runs),
            waits=self._waits(),
            results=tuple(self._results.values()),
            answers=_answers(now),
            causes=_causes(now),
            follow_ups=tuple(map(_follow_up, now.actions)),
        )

    @property
    def _waited_for_answers(self) -> timedelta | None:
        """Return what was waited so far, for answers that never came too."""
        if not self._now.questions_asked:
            return None
        open_ones = (self._ended_at - asked_at for asked_at in self._asked_at.values())
        return sum(open_ones, self._answers_awaited)

    @property
    def _ended_at(self) -> datetime:
        return self._now.ended_at or self._until

    def _holds(self) -> tuple[Ownership, ...]:
        ends = [at for at, _ in self._holders[1:]] + [self._ended_at]
        return tuple(
            Ownership(level=level, team=team, person=person, since_at=since, until_at=until)
            for (since, (level, team, person)), until in zip(self._holders, ends, strict=True)
        )

    def _waits(self) -> tuple[PauseTime, ...]:
        return tuple(
            PauseTime(
                because=pause.reason, since_at=pause.started_at, until_at=pause.ended_at or self._ended_at
            )
            for pause in self._now.pauses
            if pause.reason != VERIFYING
        )


def _owner_of(now: Escalation, team_before: str | None) -> _Holder:
    """Return level, team and person. A person stands for the team that had it before, or else for a team of theirs."""
    if not now.plan.knows(now.owner):
        return now.level, None, now.owner
    owner = now.plan.contact(now.owner)
    if owner.kind is not ContactKind.PERSON:
        return now.level, owner.id, None
    teams = [contact.id for contact in now.plan.contacts if _is_team_of(contact, owner)]
    return now.level, team_before if team_before in teams else next(iter(teams), None), owner.id


def _is_team_of(contact: Contact, person: Contact) -> bool:
    return contact.kind is not ContactKind.PERSON and person.id in contact.members


def _run(clock: Clock) -> ClockRun:
    late_by = clock.ended_at - clock.breached_at if clock.ended_at and clock.breached_at else None
    return ClockRun(
        name=clock.name,
        started_at=clock.started_at,
        due_at=clock.breached_at or clock.due_at,
        ended_at=clock.ended_at,
        outcome=Outcome.BREACHED if clock.breached_at else clock.outcome,
        late_by=max(late_by, timedelta()) if late_by is not None else None,
    )


def _is_attempt_before(now: Escalation, piece: Evidence) -> bool:
    return piece.kind is EvidenceKind.ATTEMPT and piece.is_before(now.opened_at)


def _causes(now: Escalation) -> tuple[str, ...]:
    return tuple(map(str, now.rca.internal.root_causes)) if now.rca.internal else ()


def _answers(now: Escalation) -> tuple[SurveyAnswer, ...]:
    return tuple(
        SurveyAnswer(
            account=each.account, contact=contact, at=each.at, score=each.score, comment=str(each.comment)
        )
        for contact, each in now.survey.items()
    )


def _follow_up(action: Action) -> FollowUp:
    done_on = action.done_at.astimezone(UTC).date() if action.done_at else None
    return FollowUp(what=str(action.what), owner=action.owner, due=action.due, done_on=done_on)
