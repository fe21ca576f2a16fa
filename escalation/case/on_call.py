"""
On call: the person who answers for a rota that has the escalation; looked up, and handed over (MATRIX-1, MATRIX-5).

A rota has no address. Whenever one must be notified, the shell looks up who is on call (``FindOnCall``) and comes
back with the answer. The first one on call then stands where the rota stood, among those asked and as the owner:
a ``Shift``, with the instant until which the answer holds. At that instant the clock ``on_duty`` runs out, and the
schedule is looked up again:

    Fri 09:00  given to `desk`, found: nils until 18:00      asked: nils   on_duty due 18:00
    Fri 18:00  looked up again, found: fay until Sat 09:00   asked: fay    on_duty due Sat 09:00

It goes on like that until somebody has acknowledged, or, where the rota says ``hands_over: open``, until a
resolution is declared. Meanwhile reminders and breaches are addressed to the rota, not to the person, so that each
of them finds an override that was written after the last look. Must not know how rotas are written.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Literal

from escalation.case.audience import name_of, notify, notify_customers, without_rotas
from escalation.case.base_event import BaseEvent
from escalation.case.effects import FindOnCall, OnCallResult
from escalation.case.level_managers import managers_of
from escalation.case.levels import ask_another, responses_to_do
from escalation.case.lifecycle import WORKING
from escalation.case.state import Escalation, OnCallAnswer
from escalation.case.state_changes import on_call_answers_but, put_in_place
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Outcome
from escalation.kernel.reasons import Part, Person, Reason, reason
from escalation.kernel.values import Instant, frozen
from escalation.notifications.notification import InternalNotification, Occasion
from escalation.policy.people import Contact

_ASK = frozenset({Occasion.ASSIGNED, Occasion.REMINDER, Occasion.ACKNOWLEDGEMENT_EXPIRED})
"""Messages that ask the holder to act: whoever takes over is asked by the hand-over itself."""


@frozen
class OnCallFound(BaseEvent):
    """The people on call at a rota, looked up because somebody had to be notified."""

    kind: Literal["on_call_found"] = "on_call_found"
    rota: str
    people: tuple[Contact, ...]
    """People on call; empty: nobody."""
    until: Instant | None = None
    why: Part
    instead_of: str | None = None
    """Person whose shift was over: no longer asked (MATRIX-1)."""
    told: tuple[str, ...] | None = None
    """People whom the message of the start reaches instead of the rota; None: it stays unreached."""

    def applied_to(self, now: Escalation) -> Escalation:
        return _found(now, self)

    def sentence(self) -> Reason:
        who = tuple(Person(person.id, person.name) for person in self.people) or reason("nobody")
        parts = (Person(self.rota), who, self.why)
        return (
            reason(f"{self.code}.instead", *parts, Person(self.instead_of))
            if self.instead_of
            else reason(self.code, *parts)
        )


@frozen
class ReportOnCall:
    """Report who is on call; the notification for them comes along."""

    kind: ClassVar[str] = "report_on_call"
    found: OnCallResult
    notice: InternalNotification | None = None


@frozen
class LookUpOnCall:
    """Look up again who is on call, for somebody unknown (MATRIX-1)."""

    kind: ClassVar[str] = "look_up_on_call"


def apply_on_call(work: Work, command: ReportOnCall) -> None:
    """Take an answer: notify who is on call, and hand over to them what is theirs."""
    found, notice = command.found, command.notice
    if notice:
        work.cause = f"{notice.cause}.{notice.occasion}.{found.rota}"
    if found.until and found.until <= work.now:  # the answer took longer than it held
        work.do(FindOnCall(rota=found.rota, at=work.now, notice=notice))
        return
    shift = work.state.shift(found.rota)
    if shift and work.state.is_handed_over(shift):
        _follow_the_shift(work, shift, found, notice)
    else:
        _notify_on_call(work, found, notice)


def look_up(work: Work) -> None:
    """Look up all rotas that it was given to, for somebody who claims to be on call."""
    for shift in work.state.on_call_answers:
        work.do(FindOnCall(rota=shift.rota, at=work.now))


def _notify_on_call(work: Work, found: OnCallResult, notice: InternalNotification | None) -> None:
    """Pass *notice* on to who is on call; nobody on call is never the end of it (MATRIX-5)."""
    if notice is None:
        _record(work, found, told=None)
        return
    before, is_given = work.state, notice.occasion is Occasion.ASSIGNED
    ids = {found.rota, *(person.id for person in found.people)}
    is_stale = is_given and (not before.is_open or not ids & set(before.unacknowledged))
    there = {recipient.id for recipient in notice.to}
    told = tuple(person.id for person in found.people if person.id not in there and not is_stale)
    _record(work, found, told=told if found.people or is_given else None)
    if told:
        _pass_on(work, notice, told)
    elif not found.people and not is_stale and before.is_open:
        is_kept = bool(
            before.shift(found.rota) and notice.to
        )  # by somebody who has acknowledged, and is told
        if not is_kept:
            _nobody_on_call(work, found, notice, is_new=is_given)


def _follow_the_shift(
    work: Work, shift: OnCallAnswer, found: OnCallResult, notice: InternalNotification | None
) -> None:
    """Hand over to whoever is on call now, if it is somebody else; what could not be found out stays as it is."""
    before = work.state
    if not found.is_known:
        people = tuple(map(before.plan.contact, shift.people))
        found = replace(found, people=people)
    ids = tuple(person.id for person in found.people)
    if (ids, found.until) != (shift.people, shift.until):
        is_kept = not ids and shift.holder in before.acknowledgements
        is_relieved = not is_kept and shift.holder not in {shift.rota, *ids[:1]}
        _record(work, found, told=ids or None, instead_of=shift.holder if is_relieved else None)
    after = work.state.shift(shift.rota)
    assert after
    is_new = after.holder != shift.holder
    if is_new and ids:
        _hand_over(work, shift, ids, was_acknowledged=shift.holder in before.acknowledgements)
    elif ids:
        joined = [person for person in ids if person not in shift.people]
        notify(work, Occasion.ASSIGNED, joined, why=reason("on_call_now"), items=responses_to_do(work))
    occasion = notice.occasion if notice else Occasion.ASSIGNED
    if notice and occasion not in (_ASK if is_new else {Occasion.ASSIGNED}):
        _pass_on(work, notice, ids or without_rotas(work.state, (after.holder,)))
    is_asked_again = occasion is Occasion.ASSIGNED and not found.is_known
    if after.holder == shift.rota and (is_new or not is_asked_again):
        _nobody_on_call(work, found, notice, is_new=is_new)


def _hand_over(work: Work, shift: OnCallAnswer, people: Iterable[str], *, was_acknowledged: bool) -> None:
    """Ask whoever took over. What had been acknowledged must be again, and customers hear who answers (COMM-4)."""
    if was_acknowledged:
        work.cancel_clocks(ClockName.ACKNOWLEDGEMENT_EXPIRY)
        work.start(ClockName.ACKNOWLEDGE)
    now = work.state
    relieved = name_of(now, shift.holder)
    had_nobody = shift.holder == shift.rota
    why = reason("on_call_now") if had_nobody else reason("on_call_instead_of", relieved)
    notify(work, Occasion.ASSIGNED, people, why=why, items=responses_to_do(work))
    if was_acknowledged:
        notify_customers(work, Occasion.HAND_OVER)


def _record(
    work: Work, found: OnCallResult, *, told: tuple[str, ...] | None, instead_of: str | None = None
) -> None:
    work.record(
        OnCallFound(
            rota=found.rota,
            people=found.people,
            until=found.until,
            why=found.why,
            instead_of=instead_of,
            told=told,
        )
    )


def _pass_on(work: Work, notice: InternalNotification, people: Iterable[str]) -> None:
    there = {recipient.id for recipient in notice.to}
    to = tuple(work.state.plan.contact(person).recipient for person in people if person not in there)
    if to:
        work.do(replace(notice, to=to))


def _nobody_on_call(
    work: Work, found: OnCallResult, notice: InternalNotification | None, *, is_new: bool
) -> None:
    """Notify the managers, and if they are nobody themselves, the escalation managers in person."""
    now = work.state
    rota = name_of(now, found.rota)
    told: Iterable[str] = managers_of(now)
    if notice and notice.occasion is Occasion.NOBODY_ON_CALL:
        there = {recipient.id for recipient in notice.to}
        told = (person for person in without_rotas(now, now.plan.escalation_managers) if person not in there)
    because = reason("nobody_on_call_because", rota, found.why)
    notify(work, Occasion.NOBODY_ON_CALL, told, why=because, due_at=found.until)
    if is_new and found.rota in now.asked and now.state in WORKING:
        ask_another(work, reason("nobody_on_call", rota))


def end_shift(work: Work) -> None:
    """Look up who is on call now, for each rota whose last answer is no longer valid."""
    work.end(ClockName.ON_DUTY)
    now = work.state
    for shift in now.on_call_answers:
        if shift.until and shift.until <= work.now and now.is_handed_over(shift):
            notify(
                work,
                Occasion.ASSIGNED,
                (shift.rota,),
                why=reason("on_call_now"),
                items=responses_to_do(work),
            )


def watch_shifts(work: Work, before: Escalation) -> None:
    """Keep the clock ``on_duty`` due when the next shift ends; called once, at the end of each decision."""
    now = work.state
    changes_at, clock = now.shift_changes_at, now.clock(ClockName.ON_DUTY)
    if changes_at is None:
        work.cancel_clocks(ClockName.ON_DUTY)
    elif before.state in WORKING and clock and _is_looked_up(clock, changes_at):
        return
    elif not clock or not clock.is_running or clock.due_at != max(changes_at, clock.started_at):
        work.start_until(ClockName.ON_DUTY, max(changes_at, work.now))


def _is_looked_up(clock: Clock, changes_at: datetime) -> bool:
    """Return whether the clock has run out for that change, and the answer is on its way."""
    return clock.outcome is Outcome.MET and clock.ended_at is not None and clock.ended_at >= changes_at


def _found(now: Escalation, event: OnCallFound) -> Escalation:
    """Return *now* with the people on call: the first one stands where the rota stood, or whoever was before."""
    unnotified = (
        now.unnotified if event.told is None else put_in_place(now.unnotified, event.rota, event.told)
    )
    known = replace(now, plan=now.plan.joined_by(event.people), unnotified=unnotified)
    shift = now.shift(event.rota)
    if shift and not now.is_handed_over(shift):
        # kept by whoever has it; who is on call now can act beside them
        beside = replace(shift, people=tuple(person.id for person in event.people))
        return replace(known, on_call_answers=(*on_call_answers_but(now, event.rota), beside))
    is_given = shift is not None or event.rota in now.asked
    return _on_shift(known, event, shift.holder if shift else event.rota) if is_given else known


def _on_shift(now: Escalation, event: OnCallFound, before: str) -> Escalation:
    """
    Put *event*'s people on shift. A rota with nobody on call leaves it to others who are asked, or stands for itself.
    Whoever has acknowledged keeps it until there is somebody.
    """
    people = tuple(person.id for person in event.people)
    keeps = not people and before in now.acknowledgements
    holder = before if keeps else next(iter(people), event.rota)
    asked = put_in_place(now.asked, before, () if holder == event.rota else (holder,)) or (event.rota,)
    first = holder if holder in asked else asked[0]
    is_void = holder != before and before in now.acknowledgements
    shift = OnCallAnswer(rota=event.rota, people=people, holder=holder, until=event.until)
    return replace(
        now,
        asked=asked,
        owner=first if now.owner == before else now.owner,
        acknowledgements=tuple(who for who in now.acknowledgements if who != before or not is_void),
        acknowledged_by=None if is_void else now.acknowledged_by,
        on_call_answers=(*on_call_answers_but(now, event.rota), shift),
    )
