"""
Nobody gets two notices of one event where the stronger one says it all (COMM-12).
"""

from collections import Counter
from dataclasses import replace

import pytest

from escalation.case.engine import Decision, decide
from escalation.case.lifecycle import State
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.reopen import Reopen
from escalation.kernel.values import InternalText
from escalation.notifications.redundancy import MADE_NEEDLESS_BY, OF_CUSTOMERS
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from tests.builders import (
    VERIFY,
    a_plan,
    after,
    an_acknowledged,
    an_escalation,
    at,
    levels_with,
    monday,
    notices,
    one_in,
    opening,
)

EVERYBODY = ("ed", "mia", "ana", "eva", "cora")
CROWDED = a_plan(
    bring_in=EVERYBODY,
    levels=levels_with(1, managers=EVERYBODY),
    priorities={
        priority: replace(rules, stakeholders=EVERYBODY) for priority, rules in a_plan().priorities.items()
    },
)
"""A small house: the same few people are managers, stakeholders, and whoever is brought in."""


def decisions() -> dict[str, Decision]:
    busy = an_acknowledged(plan=CROWDED)
    verifying = one_in(State.VERIFYING, plan=CROWDED)
    urgent = ChangePriority(by="ed", priority=Priority.P1)
    closing = after(verifying, monday("09:20"), urgent, VERIFY)
    back = Reopen(by="ed", why=InternalText("it leaks again"))
    return {
        "start": opening(plan=CROWDED),
        "level_raised": decide(busy, RaiseLevel(by="ed", reason=EscalationReason.OTHER), monday("09:05")),
        "priority": decide(busy, urgent, monday("09:05")),
        "resolution breached": decide(busy, Tick(), at(3, "09:00")),
        "nobody acknowledges": decide(an_escalation(plan=CROWDED), Tick(), monday("10:00")),
        "verified": decide(verifying, VERIFY, monday("09:20")),
        "reopened": decide(closing, back, monday("09:30")),
        "cancelled": decide(
            busy,
            Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=InternalText("withdrawn")),
            monday("09:05"),
        ),
    }


@pytest.mark.parametrize("what", decisions())
def test_no_weaker_notice_goes_beside_a_stronger_one(what: str) -> None:
    """
    COMM-12: whoever holds all the roles at once hears of one event once, or once for each thing to do.
    """
    by_person: dict[tuple[str, str], set[str]] = {}
    per_event = Counter[tuple[str, str, str]]()
    for notice in notices(decisions()[what].effects):
        for to in notice.to:
            by_person.setdefault((notice.audience, to.id), set()).add(notice.occasion)
            per_event[notice.audience, to.id, f"{notice.occasion}:{notice.seq}"] += 1

    assert {1} == set(per_event.values())
    if what in {"resolution breached", "nobody acknowledges"}:
        return  # several due times, each of which is an event of its own
    rules = {"internal": MADE_NEEDLESS_BY, "customer": OF_CUSTOMERS}
    for (audience, who), occasions in by_person.items():
        for weaker, stronger in rules[audience].items():
            assert weaker not in occasions or stronger.isdisjoint(occasions), (who, occasions)


def test_who_hears_of_the_breach_is_not_brought_in_by_a_second_letter() -> None:
    """
    CLOCK-6, RESOLVE-1: the breach says what is overdue; the others are brought in.
    """
    plan = replace(CROWDED, levels=levels_with(1, managers=("mia",)), bring_in=("sol", "mia", "fay"))
    late = decide(an_acknowledged(plan=plan), Tick(), at(10, "17:00"))
    told = {
        occasion: [
            to.id for notice in notices(late.effects) if notice.occasion == occasion for to in notice.to
        ]
        for occasion in ("breach", "brought_in")
    }

    assert "fay" in told["brought_in"]
    assert not set(told["brought_in"]) & {
        to.id
        for notice in notices(late.effects)
        if notice.occasion == "breach" and "resolution" in str(notice.facts)
        for to in notice.to
    }


def test_a_reopening_that_rises_tells_who_has_it_by_then() -> None:
    """
    CLOSE-9, KIND-3: customers hear it in one letter, which names the new owner.
    """
    verifying = one_in(State.VERIFYING)
    closing = after(verifying, monday("09:20"), ChangePriority(by="ed", priority=Priority.P1), VERIFY)
    decision = decide(closing, Reopen(by="ed", why=InternalText("it leaks again")), monday("09:30"))
    to_us = {n.occasion: n for n in notices(decision.effects) if n.audience == "internal"}
    (letter,) = (n for n in notices(decision.effects) if n.audience == "customer")

    assert ("reopened", decision.state.plan.contact(decision.state.owner).name) == (
        letter.occasion,
        letter.facts.owner,
    )
    assert {"assigned", "level_raised"} <= set(to_us)
