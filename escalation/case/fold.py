"""
The fold: what each event makes of the state. The only place where an escalation changes.

Nothing is decided or refused here, no clock is read: an event has happened, and this is what it means. Folding the
same events again gives the same state.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import assert_never

from escalation.case import events as e
from escalation.case.actions import Action, Origin, count_passed_reminders, take_over_actions, track_actions
from escalation.case.clock_targets import restart_clock, retarget_clock
from escalation.case.delivery_report import DeliveryReported
from escalation.case.lifecycle import RcaState, step, step_rca
from escalation.case.merge import EscalationTakenOver
from escalation.case.moves.acknowledge import Acknowledged
from escalation.case.moves.correct_contact import ContactCorrected
from escalation.case.moves.join_outage import CustomerJoined
from escalation.case.moves.rebase import Rebased
from escalation.case.next_update import UpdateSent
from escalation.case.on_call import OnCallFound
from escalation.case.request import StartRequest, with_customers
from escalation.case.start import Opened, open_state
from escalation.case.state import (
    VERIFYING,
    Access,
    ActionPlan,
    Escalation,
    LastUpdate,
    OnCallAnswer,
    PendingText,
    Rca,
    Resolution,
    SurveyAnswer,
)
from escalation.case.task_forces import TaskForceReported
from escalation.kernel.characters import clip
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Pause, derive_clock, derive_next_instant, limit_chases, reminded
from escalation.kernel.ids import tenant_of
from escalation.kernel.values import ENGINE, CustomerText, InternalText
from escalation.notifications.delivery_results import Undelivered, update_undelivered
from escalation.policy.move_name import Move
from escalation.policy.plan import Plan
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.state import TaskForceSummary

_LONGEST_REPORT = 1_000
"""Characters of a task force's latest report that its escalation keeps."""


def fold(events: Iterable[e.Event]) -> Escalation:
    """
    The escalation that *events*, beginning with ``Opened``, made.

    Raises:
        ValueError: If the first is not ``Opened``.
    """
    first, *rest = events
    if not isinstance(first, Opened):
        raise ValueError(f"the record must begin with opened, not {first.kind}")
    return reduce(apply_event, rest, open_state(first))


def apply_event(now: Escalation, event: e.Event) -> Escalation:
    """Return *now* after *event*."""
    after = replace(_apply(now, event), sequence=event.seq)
    return after if event.by == ENGINE else _still_active(after, event)


def _apply(now: Escalation, event: e.Event) -> Escalation:  # noqa: C901, PLR0912, PLR0915 - one case an event
    match event.kind:
        case "clock_started":
            others = tuple(clock for clock in now.clocks if clock.name is not event.clock.name)
            started = replace(now, clocks=(*others, event.clock))
            return _noticed(started) if event.clock.name is ClockName.FIRST_NOTICE else started
        case "threshold_passed":
            if event.is_skipped:
                return _change_clock(now, event.clock, lambda clock: replace(clock, passed=event.passed))
            return _change_clock(now, event.clock, lambda clock: reminded(clock, event.passed))
        case "clock_breached":
            return _change_clock(
                now,
                event.clock,
                lambda clock: replace(
                    clock, passed=event.passed, breached_at=event.due_at, chased=event.chased
                ),
            )
        case "clock_chased":
            return _change_clock(now, event.clock, lambda clock: replace(clock, chased=event.times))
        case "clock_ended":
            return _change_clock(
                now,
                event.clock,
                lambda clock: replace(
                    clock,
                    ended_at=event.ended_at,
                    outcome=event.outcome,
                    runs_on_if_reopened=event.runs_on_if_reopened,
                ),
            )
        case "communication_begun":
            return replace(now, state=step(now.state, Move.BEGIN_COMMUNICATION))
        case "acknowledged":
            return _acknowledged(now, event)
        case "acknowledgement_expired":
            return replace(now, acknowledged_by=None, acknowledgements=())
        case "level_raised":
            return replace(
                _asked(now, now.plan.level(event.to_level).asked_first),
                level=event.to_level,
                level_since=event.at,
                owner=event.owner,
                attempt=0,
                responses_done=(),
            )
        case "contact_tried":
            return replace(
                _asked(now, event.asked or (event.owner,)), attempt=event.attempt, owner=event.owner
            )
        case "on_call_found":
            return _found(now, event)
        case "transferred":
            return replace(_asked(now, (event.to,)), owner=event.to)
        case "response_ticked":
            return replace(now, responses_done=(*now.responses_done, event.response))
        case "priority_changed":
            changed = replace(now, priority=event.to_priority)
            return _with_clocks(changed, (retarget_clock(changed, clock) for clock in changed.clocks))
        case "rebased":
            return _rebased(now, event)
        case "clocks_paused":
            return _paused(now, Pause(reason=event.because, stops=event.stops, started_at=event.at))
        case "clocks_resumed":
            return _resumed(now, event, event.because, event.ended_at)
        case "resolution_begun":
            return replace(now, state=step(now.state, Move.BEGIN_RESOLUTION))
        case "plan_revised":
            steps = ActionPlan(
                version=event.version, steps=event.steps, by=event.by, at=event.at, why=event.why
            )
            return replace(now, action_plan=steps)
        case "resolution_declared":
            declared = replace(
                now,
                state=step(now.state, Move.DECLARE_RESOLVED),
                access={},
                resolution=Resolution(
                    kind=event.resolution,
                    done=event.done,
                    customer_text=event.customer_text,
                    declared_at=event.at,
                    declared_by=event.by,
                ),
            )
            hold = Pause(reason=VERIFYING, stops=event.holds, started_at=event.at)
            return _paused(declared, hold)
        case "resolution_rejected":
            back = replace(now, state=step(now.state, Move.REJECT_RESOLUTION), resolution=None, access={})
            return _resumed(back, event, VERIFYING)
        case "resolution_verified":
            assert now.resolution
            verified = replace(now.resolution, verified_by=event.by)
            news = _last_update(now, verified.customer_text, event)
            return replace(
                now,
                state=step(now.state, Move.VERIFY_RESOLUTION),
                resolution=verified,
                news=news,
                joiners=(),  # the letter that says so reaches them too
                joined_at=None,
                holding_updates=0,
            )
        case "reopened":
            back = replace(
                now, state=step(now.state, Move.REOPEN), resolution=None, access={}, rca=_redrafted(now.rca)
            )
            return _resumed(_unended(back, event), event, VERIFYING)
        case "access_answered":
            answer = Access(answer=event.answer, by=event.by, at=event.at)
            return replace(now, access={**now.access, event.account: answer})
        case "record_settled":
            return replace(now, settled={**now.settled, event.record: str(event.stays_open_because or "")})
        case "rca_requested":
            return replace(now, rca=_rca_after(now, Move.REQUEST_RCA))
        case "rca_filed":
            filed = replace(
                _rca_after(now, Move.FILE_RCA),
                version=event.version,
                internal=event.rca,
                customer=None,
                approved_by=None,
            )
            actions = track_actions(now.actions, Origin.RCA, event.rca.corrective_actions)
            return replace(now, rca=filed, actions=actions)
        case "rca_derived":
            return replace(
                now, rca=replace(_rca_after(now, Move.DERIVE_RCA), customer=event.rca, approved_by=None)
            )
        case "rca_approved":
            return replace(now, rca=replace(_rca_after(now, Move.APPROVE_RCA), approved_by=event.by))
        case "rca_shared":
            return replace(now, rca=_rca_after(now, Move.SHARE_RCA))
        case "rca_waived":
            return replace(now, rca=_rca_after(now, Move.WAIVE_RCA))
        case "closed":
            return replace(now, state=step(now.state, Move.CLOSE), ended_at=event.at)
        case "cancelled":
            return replace(now, state=step(now.state, Move.CANCEL), ended_at=event.at, merged_into=event.into)
        case "open_hours_extended":
            plan = now.plan.extended(event.calendar, event.open_hours)
            return _with_clocks(replace(now, plan=plan), now.clocks)
        case "messages_sent":
            told = {each.recipient for each in event.receipts if each.delivered_at or each.is_dropped}
            return replace(
                now,
                untold=tuple(who for who in now.untold if who not in told),
                joiners=tuple(who for who in now.joiners if who not in told),
                undelivered=_undelivered(now, event),
            )
        case "customer_joined":
            return replace(_joined(now, event), tickets=(*now.tickets, event.ticket))
        case "escalation_taken_over":
            joined = _joined(now, event)
            return replace(
                joined,
                plan=joined.plan.joined_by(event.people),
                merged=(*now.merged, event.merged),
                settled={**event.settled, **now.settled},
                actions=take_over_actions(now.actions, event.actions),
            )
        case "text_held":
            held = PendingText(
                number=event.number, text=event.text, by=event.by, held_at=event.at, apologise=event.apologise
            )
            return replace(now, held_texts=(*now.held_texts, held), texts_held=event.number)
        case "text_edited":
            texts = tuple(
                replace(held, text=event.text, edited_by=event.by) if held.number == event.number else held
                for held in now.held_texts
            )
            return replace(now, held_texts=texts)
        case "text_approved" | "text_rejected":
            left = tuple(held for held in now.held_texts if held.number != event.number)
            return replace(now, held_texts=left)
        case "update_sent":
            return replace(
                now, news=_last_update(now, event.customer_text, event), holding_updates=_in_a_row(now, event)
            )
        case "people_named":
            return replace(now, plan=now.plan.joined_by(event.people))
        case "contact_corrected":
            return _contact_corrected(now, event)
        case "trigger_reported" | "sponsorship_proposed" | "move_refused":
            return now
        case "task_force_deployed":
            return replace(now, task_forces=(*now.task_forces, event.force))
        case "task_force_heard":
            undelivered = _undelivered(now, event)
            return replace(
                now, task_forces=_replaced(now, _with_update(event.force)), undelivered=undelivered
            )
        case "task_force_stood_down":
            (known,) = (force for force in now.task_forces if force.name == event.name)
            down = replace(known, state=TaskForceState.STOOD_DOWN, is_status_missed=False)
            return replace(now, task_forces=_replaced(now, down))
        case "survey_answered":
            answered = SurveyAnswer(
                account=event.account, score=event.score, comment=event.comment, by=event.by, at=event.at
            )
            return replace(now, survey={**now.survey, event.contact: answered})
        case "successor_asked":
            return replace(now, is_succeeded=True)
        case "post_mortem_filed":
            return replace(
                now,
                post_mortem=event.post_mortem,
                post_mortem_version=event.version,
                actions=track_actions(now.actions, Origin.POST_MORTEM, event.post_mortem.actions),
            )
        case "action_finished":
            return _change_action(
                now, event.action, lambda action: replace(action, done_by=event.by, done_at=event.at)
            )
        case "actions_reminded":
            actions = tuple(
                replace(each, reminded=event.reminded.get(each.number, each.reminded)) for each in now.actions
            )
            return replace(now, actions=actions)
        case "opened":
            raise ValueError("an escalation is opened once")
        case _:
            assert_never(event)


def _still_active(now: Escalation, event: e.Event) -> Escalation:
    """MATRIX-6: whatever a person does keeps the acknowledgement alive."""
    clock = now.clock(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    if clock is None or not clock.is_running:
        return now
    alive = _derived(now, replace(clock, started_at=event.at, passed=0, fired_share=0.0))
    return replace(now, clocks=tuple(alive if each is clock else each for each in now.clocks))


def _with_update(force: TaskForceSummary) -> TaskForceSummary:
    """Of its latest report, the beginning; the event and the task force itself have all of it."""
    if not force.latest:
        return force
    text = InternalText(clip(force.latest.text, _LONGEST_REPORT))
    return replace(force, latest=replace(force.latest, text=text))


def _replaced(now: Escalation, force: TaskForceSummary) -> tuple[TaskForceSummary, ...]:
    return tuple(force if known.id == force.id else known for known in now.task_forces)


def _asked(now: Escalation, contacts: tuple[str, ...]) -> Escalation:
    """Given to *contacts*, none of whom has acknowledged: the time of those before them does not run on for them."""
    clocks = tuple(
        replace(clock, runs_on_if_reopened=False) if clock.name is ClockName.ACKNOWLEDGE else clock
        for clock in now.clocks
    )
    return replace(now, asked=contacts, acknowledgements=(), acknowledged_by=None, shifts=(), clocks=clocks)


def _acknowledged(now: Escalation, event: Acknowledged) -> Escalation:
    """The first who does owns it; whether others still have to is the level's to say (MATRIX-5)."""
    owner = event.by if not now.acknowledgements else now.owner
    after = replace(
        _of_their_rota(now, event.by), owner=owner, acknowledgements=(*now.acknowledgements, event.by)
    )
    return after if after.unacknowledged else replace(after, acknowledged_by=owner)


def _of_their_rota(now: Escalation, person: str) -> Escalation:
    """Whoever acknowledges in place of a colleague on call has that shift's part of it."""
    for shift in now.shifts:
        is_colleague = now.stands_for(person, (shift.schedule,)) and person not in now.asked
        if is_colleague and shift.holder in now.unacknowledged:
            theirs = replace(shift, holder=person)
            return replace(
                now,
                asked=_in_place(now.asked, shift.holder, (person,)),
                shifts=(*_shifts_but(now, shift.schedule), theirs),
            )
    return now


def _found(now: Escalation, event: OnCallFound) -> Escalation:
    """Whoever is on call is known from now on, and stands where the schedule stood, or whoever was before."""
    untold = now.untold if event.told is None else _in_place(now.untold, event.schedule, event.told)
    known = replace(now, plan=now.plan.joined_by(event.people), untold=untold)
    shift = now.shift(event.schedule)
    if shift and not now.is_handed_over(shift):
        # kept by whoever has it; who is on call now can act beside them
        beside = replace(shift, people=tuple(person.id for person in event.people))
        return replace(known, shifts=(*_shifts_but(now, event.schedule), beside))
    is_given = shift is not None or event.schedule in now.asked
    return _on_shift(known, event, shift.holder if shift else event.schedule) if is_given else known


def _on_shift(now: Escalation, event: OnCallFound, before: str) -> Escalation:
    """
    A schedule that nobody stands for leaves it to others asked, or stands for itself; who has acknowledged keeps it
    until there is somebody.
    """
    people = tuple(person.id for person in event.people)
    keeps = not people and before in now.acknowledgements
    holder = before if keeps else next(iter(people), event.schedule)
    asked = _in_place(now.asked, before, () if holder == event.schedule else (holder,)) or (event.schedule,)
    heir = holder if holder in asked else asked[0]
    is_void = holder != before and before in now.acknowledgements
    shift = OnCallAnswer(schedule=event.schedule, people=people, holder=holder, until=event.until)
    return replace(
        now,
        asked=asked,
        owner=heir if now.owner == before else now.owner,
        acknowledgements=tuple(who for who in now.acknowledgements if who != before or not is_void),
        acknowledged_by=None if is_void else now.acknowledged_by,
        shifts=(*_shifts_but(now, event.schedule), shift),
    )


def _shifts_but(now: Escalation, schedule: str) -> tuple[OnCallAnswer, ...]:
    return tuple(shift for shift in now.shifts if shift.schedule != schedule)


def _in_place(names: tuple[str, ...], of: str, those: tuple[str, ...]) -> tuple[str, ...]:
    if of not in names:
        return names
    at = names.index(of)
    return tuple(dict.fromkeys((*names[:at], *those, *names[at + 1 :])))


def _joined(now: Escalation, event: CustomerJoined | EscalationTakenOver) -> Escalation:
    """START-5: the request goes on as if all of it had been in it from the start."""
    request: StartRequest = now.request.changed(
        customers=with_customers(now.request.customers, event.customers),
        services=tuple(dict.fromkeys((*now.request.services, *event.services))),
        linked_records=tuple(dict.fromkeys((*now.request.linked_records, *event.linked_records))),
        problem_records=tuple(dict.fromkeys((*now.request.problem_records, *event.problem_records))),
        evidence=(*now.request.evidence, *event.evidence),
    )
    brought = {customer.account for customer in event.customers if now.customer(customer.account) is None}
    if (
        event.kind == "customer_joined" and not now.tickets and not event.customers
    ):  # the subject whose start opened it
        brought = {customer.account for customer in now.request.customers}
    known = {*now.untold, *now.joiners}
    known |= {to.id for to in now.request.recipients}
    joiners = (*now.joiners, *(to.id for to in request.recipients if to.id not in known))
    return replace(
        now,
        request=request,
        plan=now.plan.sponsored_by(event.sponsors),
        account_tenants=now.account_tenants | dict.fromkeys(brought, tenant_of(event.ticket)),
        submitters=now.submitters | {event.ticket: event.by},
        joiners=joiners,
        joined_at=now.joined_at if now.joiners else event.at,
    )


def _undelivered(now: Escalation, event: DeliveryReported | TaskForceReported) -> tuple[Undelivered, ...]:
    receipts = (each for each in event.receipts if not now.is_nobodys(each.recipient))
    return update_undelivered(now.undelivered, receipts, event.at)


def _contact_corrected(now: Escalation, event: ContactCorrected) -> Escalation:
    """Known under another id from now on, which holds the address; what bounced at the old one is nobody's."""
    request = now.request.with_contact(event.before, event.after)
    people = zip(now.request.recipients, request.recipients, strict=True)  # nobody comes or goes by it
    ids = {old.id: new.id for old, new in people}
    return replace(
        now,
        request=request,
        untold=tuple(ids.get(who, who) for who in now.untold),
        joiners=tuple(ids.get(who, who) for who in now.joiners),
        survey={ids.get(who, who): answer for who, answer in now.survey.items()},
        undelivered=tuple(
            each for each in now.undelivered if ids.get(each.recipient, each.recipient) == each.recipient
        ),
    )


def _noticed(now: Escalation) -> Escalation:
    """The first notice that begins is to reach whoever joined since the last one began (COMM-2)."""
    untold = tuple(dict.fromkeys((*now.untold, *now.joiners)))
    return replace(now, untold=untold, joiners=(), joined_at=None)


def _in_a_row(now: Escalation, event: UpdateSent) -> int:
    """Holding updates so far; whatever a person writes to customers begins the count again."""
    if event.is_holding:
        return now.holding_updates + 1
    return 0 if event.customer_text else now.holding_updates


def _last_update(now: Escalation, text: CustomerText | None, event: e.Event) -> LastUpdate | None:
    return LastUpdate(text=text, at=event.at) if text else now.news


def _rebased(now: Escalation, event: Rebased) -> Escalation:
    """CLOCK-4: every clock follows the new plan from its original start; what breached stays breached."""
    plan = event.plan
    customers = {recipient.id for recipient in now.request.recipients}
    moved = replace(
        now,
        plan=plan,
        level=min(now.level, plan.last_level),
        asked=tuple(filter(plan.knows, now.asked)),
        acknowledgements=tuple(filter(plan.knows, now.acknowledgements)),
        shifts=tuple(
            replace(shift, people=tuple(filter(plan.knows, shift.people)))
            for shift in now.shifts
            if plan.knows(shift.schedule)
        ),
        acknowledged_by=now.acknowledged_by if plan.knows(now.acknowledged_by or "") else None,
        untold=tuple(who for who in now.untold if plan.knows(who) or who in customers),
        actions=tuple(_reminded_by(action, plan, event.at) for action in now.actions),
    )
    if moved.acknowledgements and not moved.unacknowledged:
        moved = replace(moved, acknowledged_by=moved.acknowledged_by or moved.acknowledgements[0])
    return _with_clocks(moved, (_retargeted_on(moved, clock, event.at) for clock in moved.clocks))


def _reminded_by(action: Action, plan: Plan, at: datetime) -> Action:
    """By the rhythm that holds from *at* on, as ``limit_chases`` has it for clocks."""
    if plan.actions is None or not action.is_open:
        return action
    return replace(action, reminded=min(action.reminded, count_passed_reminders(action, plan.actions, at)))


def _retargeted_on(now: Escalation, clock: Clock, at: datetime) -> Clock:
    """By the targets and the rhythm of chases that hold from *at* on."""
    return limit_chases(retarget_clock(now, clock), now.plan.chase_every, at)


def _redrafted(rca: Rca) -> Rca:
    """What was derived and not shared yet explains a resolution that did not hold (CLOSE-4)."""
    if rca.state not in {RcaState.DERIVED, RcaState.APPROVED}:
        return rca
    return replace(rca, state=RcaState.DRAFTED, customer=None, approved_by=None)


def _rca_after(now: Escalation, move: Move) -> Rca:
    return replace(now.rca, state=step_rca(now.rca.state, move))


def _derived(now: Escalation, clock: Clock) -> Clock:
    return derive_clock(clock, now.plan.hours(clock.calendar), now.pauses, now.plan.chase_every)


def _with_clocks(now: Escalation, clocks: Iterable[Clock]) -> Escalation:
    return replace(now, clocks=tuple(_derived(now, clock) for clock in clocks))


def _change_action(now: Escalation, number: int, change: Callable[[Action], Action]) -> Escalation:
    actions = (change(each) if each.number == number else each for each in now.actions)
    return replace(now, actions=tuple(actions))


def _change_clock(now: Escalation, name: ClockName, change: Callable[[Clock], Clock]) -> Escalation:
    clocks = (_attended(now, change(clock)) if clock.name is name else clock for clock in now.clocks)
    return replace(now, clocks=tuple(clocks))


def _attended(now: Escalation, clock: Clock) -> Clock:
    return derive_next_instant(clock, now.plan.hours(clock.calendar), now.pauses, now.plan.chase_every)


def _paused(now: Escalation, pause: Pause) -> Escalation:
    changed = replace(now, pauses=(*now.pauses, pause))
    return _with_clocks(changed, changed.clocks)


def _resumed(now: Escalation, event: e.Event, reason: str, ended_at: datetime | None = None) -> Escalation:
    pauses = tuple(
        replace(pause, ended_at=ended_at or event.at)
        if pause.ended_at is None and pause.reason == reason
        else pause
        for pause in now.pauses
    )
    changed = replace(now, pauses=pauses)
    return _with_clocks(changed, changed.clocks)


def _unended(now: Escalation, event: e.Event) -> Escalation:
    """The clocks that the verification had ended, running again: the hold since then keeps their time."""
    again = (restart_clock(now, clock) for clock in now.clocks)
    return replace(now, clocks=tuple(limit_chases(clock, now.plan.chase_every, event.at) for clock in again))
