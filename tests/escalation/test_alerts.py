"""
Alerts: a breach, a rise, a low score and a mention wait for those who were notified, until one of them has looked.
"""

from datetime import timedelta

import pytest

from escalation.case.engine import decide, permit
from escalation.case.lifecycle import Move, State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.add_comment import AddComment
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.mark_seen import MarkSeen
from escalation.case.moves.nudge_owner import NudgeOwner
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.state import Escalation
from escalation.case.wanted_moves import list_wanted_moves
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Part, Reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import EscalationReason
from escalation.policy.plan import SurveyPolicy, Target
from tests.builders import (
    BUSINESS_DAY,
    JO,
    a_plan,
    after,
    an_acknowledged,
    an_escalation,
    happened,
    levels_with,
    monday,
    one_in,
    told,
    tuesday,
)
from workflows import search_attributes as sa
from workflows import web_ui


def unseen(now: Escalation) -> dict[tuple[str, ...], Part | None]:
    """Return who is to look, each with the reason."""
    return {each.who: each.why for each in list_wanted_moves(now) if each.move is Move.MARK_SEEN}


def code(why: Part | None) -> str:
    assert isinstance(why, Reason)
    return why.code


def mentioning(*names: str, by: str = "ana") -> AddComment:
    return AddComment(by=by, note=InternalText(" ".join(("Look:", *(f"@{name}" for name in names)))))


def breached() -> Escalation:
    """One that nobody acknowledged in time: its manager is alerted, and the next contact is asked."""
    return after(an_escalation(), monday("09:31"), Tick())


def test_a_breach_waits_for_the_managers_though_its_clock_runs_no_more() -> None:
    """
    CLOCK-6: as of the due time that was missed.
    """
    ((who, why),) = unseen(breached()).items()
    (wanted,) = (each for each in list_wanted_moves(breached()) if each.move is Move.MARK_SEEN)

    assert (("mia",), "overdue", monday("09:30")) == (who, code(why), wanted.due_at)


def test_it_waits_again_each_time_that_it_is_brought_up() -> None:
    """
    CLOCK-6: until somebody ends the breach.
    """
    late = after(an_acknowledged(level=7), monday("13:01"), Tick())
    chased = after(late, monday("13:02"), MarkSeen(by="ed"), tuesday("13:01"), Tick())

    assert {("ed",): "overdue"} == {who: code(why) for who, why in unseen(late).items()}
    assert {("ed",): "still_overdue"} == {who: code(why) for who, why in unseen(chased).items()}


def test_each_breached_clock_waits_by_itself() -> None:
    """
    CLOCK-6: a second breach hides neither the first nor its due time; a chaser takes the place of its own breach.
    """
    late = after(an_acknowledged(level=7), monday("13:01"), Tick())
    later = after(late, monday("17:00") + timedelta(days=2), Tick())
    (first,) = late.alerts

    assert (ClockName.NEXT_UPDATE, monday("13:00")) == (first.clock, first.due_at)
    assert {
        (ClockName.NEXT_UPDATE, monday("13:00")),
        (ClockName.RESOLUTION, monday("17:00") + timedelta(days=2)),
    } == {(each.clock, each.due_at) for each in later.alerts}


def test_each_who_mentions_somebody_waits_by_themselves() -> None:
    """
    TALK-2: whoever is mentioned sees by whom; a second mention by the same person takes the place of the first.
    """
    twice = after(an_acknowledged(), mentioning("max"), mentioning("max", by="ari"), mentioning("max"))

    assert [("ari", ("max",)), ("ana", ("max",))] == [(each.by, each.who) for each in twice.alerts]


@pytest.mark.parametrize("move", [MarkSeen(by="mia"), NudgeOwner(by="mia"), mentioning(by="mia")])
def test_any_move_of_a_manager_says_that_they_have_looked(move: MarkSeen | NudgeOwner | AddComment) -> None:
    """
    CLOCK-6: whoever acts on it knows of it. Nobody else's move does.
    """
    assert {("mia",)} == unseen(after(breached(), monday("09:32"), Acknowledge(by="ben"))).keys()
    assert {} == unseen(after(breached(), monday("09:32"), move))


def test_a_rise_waits_for_the_managers_of_the_level_that_it_left() -> None:
    """
    KIND-1: but not for the one who raised it, nor for whoever is asked next.
    """
    plan = a_plan(levels=levels_with(3, managers=("dora", "sol")))
    raised = after(an_acknowledged(level=3, plan=plan), monday("11:01"), Tick())
    asked = RaiseLevel(by="dora", reason=EscalationReason.OTHER)

    assert {("dora",): "window_ended"} == {who: code(why) for who, why in unseen(raised).items()}
    assert {} == unseen(after(an_acknowledged(level=3, plan=plan), asked))


def test_a_mention_waits_for_a_comment_or_for_being_seen() -> None:
    """
    TALK-2: each who is mentioned, and any one of a team; other moves are no answer to it.
    """
    asked = after(an_acknowledged(), mentioning("max", "finance", "ana"))
    nudged = after(asked, NudgeOwner(by="max"))
    answered = after(nudged, mentioning("ana", by="max"), MarkSeen(by="fay"))

    assert {("max",), ("fay",)} == unseen(asked).keys() == unseen(nudged).keys()
    assert {("ana",)} == unseen(answered).keys()
    assert ["ana", "max", "fay"] == web_ui.search_values(asked)[sa.WAITS_FOR]


def test_a_low_score_waits_for_the_escalation_managers_after_the_close() -> None:
    """
    CLOSE-6: as long as it is followed up.
    """
    plan = a_plan(survey=SurveyPolicy(within=Target(after=4 * BUSINESS_DAY)))
    closed = after(one_in(State.CLOSED, plan=plan), AnswerSurvey(by=JO, account="ACME", score=1))
    ended = after(closed, closed.opened_at.replace(year=closed.opened_at.year + 1), Tick())

    assert {("ed",): "low_score"} == {who: code(why) for who, why in unseen(closed).items()}
    assert {} == unseen(after(closed, MarkSeen(by="ed"))) == unseen(ended)
    assert {} == unseen(after(one_in(State.CLOSED, plan=plan), AnswerSurvey(by=JO, account="ACME", score=5)))


def test_whoever_was_notified_of_nothing_has_nothing_to_mark() -> None:
    """
    ROLE-2: the reason is said before anybody presses the button. Nobody is notified of it.
    """
    seen = decide(breached(), MarkSeen(by="mia"), monday("09:32"))

    with pytest.raises(MoveNotAllowed, match="nothing waits to be seen by Ana"):
        permit(breached(), Move.MARK_SEEN, "ana")
    with pytest.raises(MoveNotAllowed, match="nothing waits to be seen;"):
        permit(an_escalation(), Move.MARK_SEEN, None)
    assert (["alerts_seen"], []) == (happened(seen), told(seen))
