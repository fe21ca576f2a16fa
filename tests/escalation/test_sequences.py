"""
No sequence of commands, sensible or not, breaks what must always hold.
"""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import TypeAdapter

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.clock_table import CLOCKS
from escalation.case.effects import FindOnCall, OnCallResult
from escalation.case.engine import Decision, allowed_moves, decide, moves_now
from escalation.case.lifecycle import Move, RcaState, State
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.join_outage import JoinOutage
from escalation.case.moves.rebase import Rebase
from escalation.case.on_call import ReportOnCall
from escalation.case.request import Evidence
from escalation.case.resolution import AccessAnswer
from escalation.case.start import fold
from escalation.case.state import Escalation
from escalation.case.state_changes import apply_event
from escalation.case.view import make_move_result, view
from escalation.case.work import Work
from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_events import (
    ClockBreached,
    ClockEnded,
    ClockStarted,
    ThresholdPassed,
    ThresholdsSkipped,
)
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import derive_clock
from escalation.kernel.refusals import EscalationError
from escalation.kernel.values import ENGINE, CustomerText, InternalText, from_json, to_json
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import (
    CustomerNotification,
    InternalNotification,
    Occasion,
    message_key,
)
from escalation.notifications.system_commands import ExtendOpenHours, ReportDelivery, Tick
from escalation.policy.classification import EvidenceKind, Priority
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.policy.people import Contact, HandsOver
from escalation.policy.plan import (
    ActionPolicy,
    Calendar,
    HoldingPolicy,
    SurveyPolicy,
    Target,
    TextApproval,
    Unreached,
)
from tests.builders import THE_MONDAY, a_customer, all_delivered, notices, opening, weekdays
from tests.escalation.command_strategies import MARK, PLAN, anything, fitting, forward
from tests.escalation.plans import A_SURVEY, FIRST_MONDAY
from tests.escalation.test_lifecycle import CHANGES
from tests.said import said
from tests.used_time import used_time_of

EVENT: TypeAdapter[e.Event] = TypeAdapter(e.Event)
PATHS = {(source, target) for (_, source), target in CHANGES.items()}
HOLDING = CustomerText("We are still at work.")
APPROVAL = Target(after=timedelta(minutes=30), thresholds=(50,))

spans = st.one_of(
    st.integers(0, 240).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(0, 14 * 24).map(lambda hours: timedelta(hours=hours)),
    st.integers(20, 400).map(lambda days: timedelta(days=days)),  # the engine was down
)


NEW_HERE = Contact(id="zoe", name="Zoe", addresses=("email:zoe@example.com",))


@cache
def hours_until(weeks: int) -> OpenHours:
    return weekdays(weeks=weeks)


@cache
def nights_until(weeks: int) -> OpenHours:
    return weekdays(opens=20, closes=23, weeks=weeks)


class Lives(RuleBasedStateMachine):
    now: Escalation
    at: datetime
    somebody_is_on_call: bool

    @initialize(
        at=spans.map(lambda span: THE_MONDAY + min(span, timedelta(days=7))),
        priority=st.sampled_from(Priority),
        level=st.none() | st.integers(1, 7),
        unreached=st.sampled_from(Unreached),
        holding=st.none() | st.just({"": HOLDING}),
        waivable=st.booleans(),
        records=st.sampled_from([(), ("INC-1",), ("INC-1", "PRB-2")]),
        customers=st.sampled_from([("ACME",), ("ACME", "BOLT")]),
        way=st.just(0) | st.integers(0, 10),
        holders=st.fixed_dictionaries(
            {},
            optional={
                "needs_all": st.just(True),
                "asks_all": st.just(True),
                "ack_within": st.just(Target(after=timedelta(minutes=10))),
                "ack_expires": st.just(Target(after=timedelta(hours=2), thresholds=(75,))),
                "contacts": st.just(("duty", "ben")),
                "managers": st.just(("duty",)),
                "calendar": st.just("nights"),
            },
        ),
        pause=st.sampled_from([None, Target(after=timedelta(hours=3), thresholds=(75,))]),
        somebody=st.booleans(),
        hands_over=st.sampled_from(HandsOver),
        survey=st.sampled_from([None, A_SURVEY, replace(A_SURVEY, reopens=True)]),
        actions=st.sampled_from([None, ActionPolicy()]),
        approval=st.none()
        | st.builds(TextApproval, approvers=st.just(("ed", "finance")), within=st.just(APPROVAL)),
    )
    def opens(
        self,
        *,
        at: datetime,
        priority: Priority,
        level: int | None,
        unreached: Unreached,
        holding: dict[str, CustomerText] | None,
        waivable: bool,
        records: tuple[str, ...],
        customers: tuple[str, ...],
        way: int,
        holders: dict[str, Any],
        pause: Target | None,
        somebody: bool,
        hands_over: HandsOver,
        survey: SurveyPolicy | None,
        actions: ActionPolicy | None,
        approval: TextApproval | None,
    ) -> None:
        self.somebody_is_on_call = somebody
        levels = tuple(replace(each, unreached=unreached, fallback="nils", **holders) for each in PLAN.levels)
        plan = replace(
            PLAN,
            levels=levels,
            contacts=tuple(replace(each, hands_over=hands_over) for each in PLAN.contacts),
            holding_update=holding,
            holding=HoldingPolicy(at_most=2, every=Target(after=timedelta(hours=4))),
            rca_waivable=waivable,
            survey=survey,
            actions=actions,
            text_approval=approval,
            calendars={
                "office": Calendar(hours=hours_until(30), definition="{}"),
                "nights": Calendar(hours=nights_until(30), definition="{}"),
            },
            pause_reasons={name: replace(rule, at_most=pause) for name, rule in PLAN.pause_reasons.items()},
        )
        decision = opening(
            at,
            plan,
            priority=priority,
            entry_level=level,
            description=f"description {MARK}",
            reason_note=MARK,
            linked_tickets=records,
            problem_records=(f"PRB-{MARK}",),
            customers=tuple(a_customer(account) for account in customers),
        )
        self.at = at
        self.events: list[e.Event] = []
        self.keys: Counter[str] = Counter()
        self.shares: dict[ClockName, float] = {}
        self._keep(decision)
        for _ in range(way):
            self._put(forward(self.now))

    # What is done to it.

    @precondition(lambda self: self.now.is_open)
    @rule()
    def it_goes_on(self) -> None:
        self._put(forward(self.now))

    @rule(command=anything)
    def somebody_asks(self, command: PersonsCommand | Rebase) -> None:
        self._put(command)

    @precondition(lambda self: self.now.is_open)
    @rule(data=st.data())
    def somebody_does_what_is_allowed(self, data: st.DataObject) -> None:
        moves = [move for move in allowed_moves(self.now) if move is not Move.CANCEL]
        self._put(data.draw(fitting(self.now, data.draw(st.sampled_from(moves)))))

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self.at += span
        self._put(Tick())

    @precondition(lambda self: self.now.wake_at)
    @rule()
    def it_wakes(self) -> None:
        assert self.now.wake_at
        self.at = max(self.at, self.now.wake_at)
        self._put(Tick())

    @precondition(lambda self: self.now.state is State.CLOSED)
    @rule(data=st.data())
    def it_is_followed_up(self, data: st.DataObject) -> None:
        moves = allowed_moves(self.now)
        if moves:
            self._put(data.draw(fitting(self.now, data.draw(st.sampled_from(moves)))))

    @precondition(lambda self: self.now.unnotified)
    @rule()
    def first_notices_arrive(self) -> None:
        self._put(all_delivered(self.now, self.at))

    @precondition(lambda self: self.now.is_open)
    @rule(ticket=st.integers(1, 4), accounts=st.sets(st.sampled_from(["ACME", "BOLT", "CORE"]), min_size=1))
    def somebody_joins(self, ticket: int, accounts: set[str]) -> None:
        emails = f"jo{ticket}@joining.example", "jo@acme.example"
        customers = tuple(a_customer(account, *emails) for account in sorted(accounts))
        evidence = (Evidence(kind=EvidenceKind.CALL, what=InternalText(MARK)),)
        join = JoinOutage(
            by="mallory",
            case_key=f"JOIN/{ticket}",
            customers=customers,
            linked_tickets=("INC-1", f"INC-{ticket}"),
            evidence=evidence,
        )
        self._put(join)
        first_notification = self.now.clock(ClockName.FIRST_NOTIFICATION)
        assert not self.now.joiners or (first_notification and first_notification.is_running)

    @rule()
    def a_message_is_undeliverable(self) -> None:
        failed = DeliveryResult(key="k", recipient="csm", occasion="first_notification", why=f"550 {MARK}")
        self._put(ReportDelivery(results=(failed,)))

    def _put(self, command: c.Command) -> None:
        before = to_json(replace(self.now, plan=PLAN))
        answer = self._answer(command)
        assert answer == self._answer(command)
        assert before == to_json(replace(self.now, plan=PLAN))
        if isinstance(answer, tuple):
            assert self.now.key in answer[1]
            return
        if isinstance(command, Tick):
            self._is_no_burst(answer)
        self._keep(answer)

    def _answer(self, command: c.Command) -> Decision | tuple[type[EscalationError], str]:
        try:
            return decide(self.now, command, self.at)
        except EscalationError as refused:
            return type(refused), refused.message

    def _keep(self, decision: Decision) -> None:
        for event in decision.events:
            self._happens(event)
        assert self.now == decision.state
        self._clocks_go_by_their_rows(decision)
        for effect in decision.effects:
            if isinstance(effect, CompileOpenHours):
                weeks = (effect.until - FIRST_MONDAY) // timedelta(weeks=1) + 1
                hours = (hours_until if effect.calendar == "office" else nights_until)(weeks)
                self._put(
                    ExtendOpenHours(
                        calendar=effect.calendar, definition="{}", since=effect.since, open_hours=hours
                    )
                )
            elif isinstance(effect, FindOnCall):
                self._put(ReportOnCall(found=self._on_call(effect), notice=effect.notice))
        self._are_told(decision)

    def _on_call(self, wanted: FindOnCall) -> OnCallResult:
        people = (NEW_HERE,) if self.somebody_is_on_call else ()
        self.somebody_is_on_call = not self.somebody_is_on_call
        until = wanted.at + timedelta(hours=5)
        return OnCallResult(rota=wanted.rota, people=people, until=until, why=f"the rota {MARK}")

    def _happens(self, event: e.Event) -> None:
        assert event == EVENT.validate_json(EVENT.dump_json(event))
        assert said(event.sentence())
        before = self.now if self.events else None
        self.now = apply_event(before, event) if before else fold([event])
        self.events.append(event)
        if before and before.state is not self.now.state:
            assert (before.state, self.now.state) in PATHS
            if self.now.state is State.CLOSED:
                _passed_the_gate(before)
        self._fires_once(event)

    # What must hold.

    def _clocks_go_by_their_rows(self, decision: Decision) -> None:
        """A clock starts and ends only as its row says; a start ends what ran, an agreed time ends by itself."""
        kinds = {event.kind for event in decision.events}
        for event in decision.events:
            if isinstance(event, ClockStarted):
                assert kinds & {*CLOCKS[event.clock.name].starts}, (event, kinds)
            elif isinstance(event, ClockEnded):
                row, clock = CLOCKS[event.clock], self.now.clock(event.clock)
                came_by_itself = row.is_agreed and clock and clock.due_at and clock.due_at <= self.at
                assert came_by_itself or kinds & {*row.ends, *row.starts}, (event, kinds)

    def _fires_once(self, event: e.Event) -> None:
        """CLOCK-2: the share of its time that a clock was last heard at only grows; a breach is the last."""
        if event.by != ENGINE:
            self.shares[ClockName.ACKNOWLEDGEMENT_EXPIRY] = 0.0  # it counts from here again
        match event:
            case ClockStarted():
                self.shares[event.clock.name] = 0.0
            case ThresholdsSkipped():
                pass  # nobody heard it; by other targets it fires if it is still to come, or is skipped again
            case ThresholdPassed() | ClockBreached():
                clock = self.now.clock(event.clock)
                assert clock
                is_reminder = isinstance(event, ThresholdPassed)
                share = clock.thresholds[event.passed - 1] / clock.after if is_reminder else 1.0
                assert self.shares[event.clock] < share - 1e-6
                self.shares[event.clock] = share
            case _:
                pass

    def _is_no_burst(self, decision: Decision) -> None:
        """CLOCK-2: whatever the downtime, each clock speaks once."""
        spoke = Counter(
            notice.facts.clock
            for notice in notices(decision.effects)
            if isinstance(notice, InternalNotification)
            and notice.occasion in {Occasion.REMINDER, Occasion.BREACH}
        )
        assert not spoke or 1 == max(spoke.values())

    def _are_told(self, decision: Decision) -> None:
        for notice in notices(decision.effects):
            self.keys.update(message_key(notice, to) for to in notice.to)
            if isinstance(notice, CustomerNotification):
                assert MARK not in to_json(notice)
                self._is_promised_the_future(notice)
            else:
                assert notice.to
        assert not self.keys or 1 == max(self.keys.values())

    def _is_promised_the_future(self, notice: CustomerNotification) -> None:
        promised = notice.facts.next_update_at
        assert promised is None or promised > self.at

    @invariant()
    def somebody_owns_it_and_something_is_due(self) -> None:
        now = self.now
        if not now.is_attended:
            assert (None, ()) == (now.wake_at, now.running_clocks)
            return
        assert now.plan.knows(now.owner)
        assert now.wake_at
        if now.is_followed_up:
            assert {ClockName.SURVEY} >= {clock.name for clock in now.running_clocks}
            return
        assert any(clock.next_at or clock.not_before for clock in now.running_clocks)
        held = {name for pause in now.pauses if pause.ended_at is None for name in pause.stops}
        assert all(clock.next_at or clock.name in held or clock.not_before for clock in now.running_clocks)

    @invariant()
    def whoever_joined_is_waited_for(self) -> None:
        now = self.now
        assert not {*now.unnotified} & {*now.joiners}
        waits = now.clock(ClockName.CUSTOMER_TEXT)
        if now.is_open and now.plan.text_approval:
            assert bool(now.pending_texts) == bool(waits and waits.is_running)

    @invariant()
    def due_times_follow_from_the_record(self) -> None:
        now = self.now
        for clock in now.running_clocks:
            bare = replace(clock, due_at=None, next_at=None, not_before=None)
            hours = now.plan.hours(clock.calendar)
            assert clock == derive_clock(bare, hours, now.pauses, now.plan.chase_every)
            if clock.due_at:
                assert clock.after == used_time_of(clock, hours, now.pauses, clock.due_at)

    @invariant()
    def clocks_follow_the_targets_that_hold_now(self) -> None:
        """CLOCK-4: whatever was changed, held, ended or revived; of the next update what was promised counts."""
        for clock in self.now.running_clocks:
            wanted = Work(self.now, self.at, asked="tick", table=CLOCKS).new_clock(
                clock.name, clock.started_at
            )
            if wanted and clock.name is not ClockName.NEXT_UPDATE:
                assert (wanted.after, wanted.calendar, wanted.thresholds) == (
                    clock.after,
                    clock.calendar,
                    clock.thresholds,
                ), clock.name
                assert clock.passed <= len(clock.thresholds)
                assert 0 <= clock.fired_share <= 1

    @invariant()
    def customers_are_not_written_to_again_and_again(self) -> None:
        """COMM-3: at most so many holding updates in a row."""
        most = self.now.plan.holding
        assert most is None or self.now.holding_updates <= most.at_most

    def teardown(self) -> None:
        if not getattr(self, "events", None):
            return
        assert self.now == fold(self.events)
        assert view(self.now).allowed_moves == moves_now(self.now)
        assert make_move_result(self.now, self.events).key == self.now.key
        stored = to_json(self.now)
        again = from_json(Escalation, stored)
        assert self.now == again
        assert json.loads(stored) == json.loads(to_json(again))


def _passed_the_gate(before: Escalation) -> None:
    assert before.resolution
    assert before.resolution.verified_by
    answers: dict[str, Any] = {account: access.answer for account, access in before.access.items()}
    for customer in before.request.customers:
        assert answers[customer.account] in {AccessAnswer.YES, AccessAnswer.WAIVED}
    assert set(before.request.linked_tickets) <= set(before.settled)
    assert before.rca.state in {RcaState.NONE, RcaState.SHARED, RcaState.WAIVED}


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=300, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
