"""
Keys of messages: the same whenever the same is said again, whatever else happened in between (COMM-12).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.case import commands as c
from escalation.case.engine import decide
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.add_comment import AddComment
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.state import Escalation
from escalation.case.work import Decision
from escalation.kernel.cause import instant_in
from escalation.kernel.values import InternalText, from_json, to_json
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import Occasion, message_key
from escalation.notifications.system_commands import ReportDelivery, Tick
from escalation.policy.classification import EscalationReason
from tests.builders import HOUR, an_escalation, monday, notices, opening

_STORY: tuple[c.Command, ...] = (
    Tick(),
    Acknowledge(by="ana"),
    Tick(),
    AddComment(by="ana", note=InternalText("@ari has a look")),
    Tick(),
    RaiseLevel(by="ari", reason=EscalationReason.SLA_BREACH),
    *[Tick()] * 6,
)
"""Something happens each hour, at the latest."""


def keys_of(decision: Decision) -> list[str]:
    return [message_key(notice, to) for notice in notices(decision.effects) for to in notice.to]


def results_of(effects: list[Any], at: datetime) -> list[DeliveryResult]:
    return [
        DeliveryResult(
            key=message_key(notice, to),
            recipient=to.id,
            occasion=notice.occasion.value,
            delivered_at=at - HOUR,
        )
        for notice in notices(tuple(effects))
        for to in notice.to
    ]


def live(parts_of: Callable[[list[DeliveryResult]], list[list[DeliveryResult]]]) -> list[str]:
    """Live the story, and return the keys of its messages; what became of them is reported in these parts."""
    first = opening()
    now, waiting, keys = first.state, [*first.effects], keys_of(first)
    for hour, command in enumerate(_STORY, 1):
        at = monday("09:00") + hour * HOUR
        for number, part in enumerate(parts_of(results_of(waiting, at)), 1):
            now = decide(
                now, ReportDelivery(results=tuple(part)), at - HOUR + timedelta(seconds=number)
            ).state
        decision = decide(now, command, at)
        keys += keys_of(decision)
        now, waiting = decision.state, [*decision.effects]
    return keys


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_order_of_reports_changes_no_key(orders: st.DataObject) -> None:
    """
    COMM-12: of what is said by itself, and of what is said because of a move.
    """

    def in_any_parts(results: list[DeliveryResult]) -> list[list[DeliveryResult]]:
        mixed = orders.draw(st.permutations(results))
        cuts = sorted(orders.draw(st.sets(st.integers(1, max(1, len(mixed) - 1)))))
        return [mixed[a:b] for a, b in pairwise([0, *cuts, len(mixed)]) if a < b]

    told = live(lambda results: [results] if results else [])
    assert told == live(in_any_parts)
    assert len(set(told)) == len(told)


def test_a_restored_backup_says_the_same_again() -> None:
    """
    COMM-12: what was said since by clocks has its key again, and what people do again has another one.
    """
    backup = to_json(an_escalation())

    def breach_after(*comments: str) -> tuple[list[str], list[str]]:
        now, said = from_json(Escalation, backup), list[str]()
        for minute, text in enumerate(comments):
            comment = AddComment(by="ari", note=InternalText(f"@ana {text}"))
            decision = decide(now, comment, monday("09:10") + timedelta(minutes=minute))
            now, said = decision.state, said + keys_of(decision)
        return said, keys_of(decide(now, Tick(), monday("17:00")))

    (before, lost), (again, told) = breach_after("one", "two"), breach_after()
    assert [] == again
    assert lost == told
    assert any(f":{Occasion.BREACH}:" in key for key in told)
    assert len(set(before)) == len(before) == 2


def test_two_at_one_instant_are_told_apart() -> None:
    """
    COMM-12: however alike they are.
    """
    now, comment = an_escalation(), AddComment(by="ari", note=InternalText("@ana look"))
    one = decide(now, comment, monday("09:10"))
    two = decide(one.state, comment, monday("09:10"))

    assert len({*keys_of(one), *keys_of(two)}) == 2
    assert all(
        monday("09:10") == instant_in(key.removeprefix(f"{now.id}:"))
        for key in (*keys_of(one), *keys_of(two))
    )
    assert [f"{now.id}:20260302T091000.000000Z.add_comment:mentioned:ana"] == keys_of(one)
    assert instant_in("20260302T091000.000000") is None
