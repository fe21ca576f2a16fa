"""
Rates: people never meet them, a script does, and the refusal says when it is possible again.
"""

from datetime import datetime, timedelta

import pytest

from escalation.case.lifecycle import Move
from escalation.kernel.refusals import RateExceeded
from escalation.policy.rates import MOVES_OF_ALL, MOVES_OF_ONE, REPEATS, Rate, Rates
from tests.builders import monday

NINE = monday("09:00")
KEY = "ACME/4711"


def moved(rates: Rates, *people: str, at: datetime = NINE, move: Move = Move.SEND_UPDATE) -> Rates:
    for person in people:
        rates = rates.after_move(KEY, move, person, at)
    return rates


def test_a_script_is_stopped_and_told_when_it_may_go_on() -> None:
    """
    With the limit; another person is not kept from their moves by it.
    """
    rates = moved(Rates(), *["maya"] * MOVES_OF_ONE.at_most)

    said = (
        "ACME/4711: moves of maya: more than 100 within 10 min; allowed: 100 within 10 min; possible again at"
    )
    with pytest.raises(RateExceeded, match=said):
        moved(rates, "maya")
    moved(rates, "ben")


def test_one_move_more_is_possible_each_time_that_a_share_has_passed() -> None:
    """
    100 within 10 minutes: one each 6 seconds, for as long as one likes.
    """
    rates = moved(Rates(), *["maya"] * MOVES_OF_ONE.at_most)
    at = NINE
    for _ in range(200):
        at += timedelta(seconds=6)
        rates = moved(rates, "maya", at=at)
        with pytest.raises(RateExceeded):
            moved(rates, "maya", at=at)


def test_a_crowd_of_names_is_stopped_too_but_nobody_is_kept_from_acknowledging_or_ending_it() -> None:
    """
    Whoever takes another name for each move meets what all together may do.
    """
    rates = moved(Rates(), *(f"p{number}" for number in range(MOVES_OF_ALL.at_most)))

    with pytest.raises(RateExceeded, match="moves of all people"):
        moved(rates, "elena")
    for move in (Move.ACKNOWLEDGE, Move.CLOSE, Move.CANCEL):
        moved(rates, "elena", move=move)


def test_a_p1_with_many_people_never_meets_them() -> None:
    """
    Thirty people, each with a move a minute for a day, and a burst of all of them at the start.
    """
    people = [f"p{number}" for number in range(30)]
    rates = moved(Rates(), *people * 10)
    for minute in range(24 * 60):
        rates = moved(rates, *people, at=NINE + timedelta(minutes=minute))


def test_a_key_that_runs_is_started_again_so_often_and_no_more() -> None:
    """
    START-4: a repeat is harmless, and a flood of them is not.
    """
    rates = Rates()
    for _ in range(REPEATS.at_most):
        rates = rates.after_repeat(KEY, NINE)

    with pytest.raises(RateExceeded, match="starts of a key that runs already"):
        rates.after_repeat(KEY, NINE)


def test_nothing_is_kept_of_what_does_not_count_any_more() -> None:
    """
    A name costs an instant, for as long as it counts.
    """
    rates = moved(Rates(), "maya", "ben")

    later = rates.after("elena", Rate(1, timedelta(hours=1)), NINE + timedelta(minutes=5), "starts")

    assert {"elena"} == set(later.reached)


def test_the_customers_of_a_large_outage_are_answered_for_in_one_go() -> None:
    """
    RESOLVE-6, CLOSE-6: 1,000 accounts by one engagement manager, and the survey of as many contacts.
    """
    rates = moved(Rates(), *["dewi"] * 1_000, move=Move.CONFIRM_ACCESS)

    rates = moved(rates, *(f"contact-{number}" for number in range(1_000)), move=Move.ANSWER_SURVEY)

    with pytest.raises(
        RateExceeded, match="answers of customers, and for them: more than 2,000 within 10 min"
    ):
        moved(rates, "dewi", move=Move.CONFIRM_ACCESS)
    moved(rates, "dewi")
