"""
Starts are counted by the worker: a script is stopped, and everybody else is not.
"""

import pytest

from activities.start_rate import StartRate
from escalation.kernel.refusals import RateExceeded
from escalation.policy.rates import STARTS_OF_KEY
from tests.builders import a_request


def test_one_person_starts_so_many_escalations_and_no_more() -> None:
    """START-6: refused with the limit, and when it is possible again; another person is not."""
    starts = StartRate(3)
    for number in range(3):
        starts.count(a_request(key=f"ACME/{number}", submitted_by="maya"))

    said = (
        r"ACME/4: starts of maya: more than 3 within 10 min; allowed: 3 within 10 min; possible again at 20"
    )
    with pytest.raises(RateExceeded, match=said):
        starts.count(a_request(key="ACME/4", submitted_by="maya"))
    starts.count(a_request(key="ACME/4", submitted_by="ben"))


def test_one_key_is_opened_so_often_and_no_more() -> None:
    """START-4: whoever opens and cancels the same one in a loop."""
    starts = StartRate(0)
    for number in range(STARTS_OF_KEY.at_most):
        starts.count(a_request(submitted_by=f"p{number}"))

    with pytest.raises(
        RateExceeded, match="ACME/4711: starts, one after the other: more than 30 within 60 min"
    ):
        starts.count(a_request())
    starts.count(a_request(key="ACME/4712"))
