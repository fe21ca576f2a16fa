"""
Ways by which customers reach us, as letters name them: the owner's own, or else the desk's (TALK-5).
"""

from dataclasses import replace

import pytest

from escalation.case.audience import script
from escalation.case.engine import decide
from escalation.case.moves.send_update import SendUpdate
from escalation.kernel.values import CustomerText
from escalation.policy.people import Desk
from tests.builders import PEOPLE, a_plan, an_acknowledged, monday, to_customers

DESK = Desk(name="Customer desk", telephone="+44 20 7946 0123", email="desk@support.example")
OURS = ("Customer desk", "+44 20 7946 0123", "desk@support.example")


@pytest.mark.parametrize(
    ("telephone", "desk", "named"),
    [
        ("", DESK, OURS),
        ("+44 20 1", DESK, ("", "+44 20 1", "ana@example.com")),  # the owner is reached directly
        ("+44 20 1", None, ("", "+44 20 1", "ana@example.com")),
        ("", None, ("", "", "")),
        ("", replace(DESK, telephone=""), ("Customer desk", "", "desk@support.example")),
    ],
)
def test_a_letter_to_a_customer_names_who_reads_the_answer(
    telephone: str, desk: Desk | None, named: tuple[str, str, str]
) -> None:
    """
    TALK-5: an address of ours reaches a customer only where the playbook gives its owner a number for customers.
    """
    people = tuple(replace(each, telephone=telephone) if each.id == "ana" else each for each in PEOPLE)
    now = an_acknowledged(plan=a_plan(contacts=people, help_desk=desk))

    decision = decide(now, SendUpdate(by="ana", customer_text=CustomerText("Soon.")), monday("09:10"))

    for facts in (to_customers(decision, "update").facts, script(decision.state, monday("09:10"))):
        assert named == (facts.desk, facts.telephone, facts.email)
