"""
Input that no move can be made of: refused before any rule is asked.
"""

import pytest
from pydantic import ValidationError

from escalation.case.move_index import PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.send_update import SendUpdate
from escalation.case.rca_content import CustomerRca
from escalation.kernel.refusals import faults_of
from escalation.kernel.values import InternalText
from tests.said import said


@pytest.mark.parametrize(
    "command",
    [
        Acknowledge,  # nothing given at all
        DeclareResolved,
        Cancel,
    ],
)
def test_what_a_move_needs_must_be_given(command: type[PersonsCommand]) -> None:
    """
    Bad input: an unknown field is a mistake to report too.
    """
    with pytest.raises(ValidationError) as refused:
        command.model_validate({"colour": "red"})

    assert {("by",), ("colour",)} <= {fault["loc"] for fault in refused.value.errors()}


def test_an_internal_text_is_refused_where_customers_would_read_it() -> None:
    """
    COMM-6: in the type checker, and at run time.
    """
    with pytest.raises(ValidationError) as of_update:
        SendUpdate(by="ana", customer_text=InternalText("he is a pest"))  # type: ignore[arg-type]
    with pytest.raises(ValidationError) as of_rca:
        CustomerRca(summary=InternalText("we were careless"))  # type: ignore[arg-type]

    for refused in (of_update, of_rca):
        assert ["a text for customers"] == [said(fault.allowed) for fault in faults_of(refused.value)]
