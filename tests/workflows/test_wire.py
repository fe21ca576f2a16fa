"""Input over the wire: stored state from another version, and more than anybody should send."""

import json
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from escalation import contract
from escalation.case.moves.derive_rca import DeriveRca
from escalation.kernel.refusals import BadRequest
from escalation.kernel.values import to_plain
from tests.builders import an_acknowledged
from workflows.inputs import read_input, read_model
from workflows.plugin import StoredPayloads


def raw(value: Any) -> RawValue:
    return RawValue(
        Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(value, separators=(",", ":")).encode())
    )


def carried() -> dict[str, Any]:
    begin = contract.EscalationInput(carried=contract.ContinuedState(escalation=an_acknowledged(), events=()))
    found: dict[str, Any] = to_plain(begin)
    return found


def with_fields_of_tomorrow() -> dict[str, Any]:
    """State that a newer worker might carry over: a field more at every depth."""
    begin = carried()
    state = begin["carried"]["escalation"]
    request, plan = state["request"], to_plain(an_acknowledged().plan)
    state["plan"] = plan  # unpacked: as it stands it is read too
    customer = request["customers"][0]
    records = (
        begin,
        begin["carried"],
        state,
        request,
        customer,
        customer["contacts"][0],
        plan,
        plan["levels"][0],
    )
    for record in (*records, plan["contacts"][0], state["clocks"][0]):
        record["of_tomorrow"] = 1
    return begin


def test_state_that_a_newer_worker_carried_over_is_read_by_an_older_one() -> None:
    """
    A rollback must not lose what runs: unknown fields of stored state are ignored, at every depth.
    """
    begin = read_input([raw(with_fields_of_tomorrow())])

    assert begin.carried
    assert an_acknowledged() == begin.carried.escalation
    payload = StoredPayloads().to_payload(with_fields_of_tomorrow()["carried"])
    assert an_acknowledged() == StoredPayloads().from_payload(payload, contract.ContinuedState).escalation


def test_state_that_cannot_be_read_stalls_the_run_and_does_not_fail_it() -> None:
    """Carried state is nobody's request: if it cannot be read, the mistake is ours, and is to be fixed."""
    broken = carried()
    broken["carried"]["escalation"]["level"] = "high"

    with pytest.raises(RuntimeError, match="carried over cannot be read"):
        read_input([raw(broken)])


def test_what_cannot_be_read_is_not_quoted() -> None:
    """Errors of the converter reach logs and histories; what customers said does not."""
    begin = carried()
    begin["carried"]["escalation"]["level"] = "told in confidence"
    stored = raw(begin).payload

    with pytest.raises(ValueError, match=r"carried\.escalation\.level") as unread:
        StoredPayloads().from_payload(stored, contract.EscalationInput)

    assert "confidence" not in str(unread.value)
    assert unread.value.__cause__ is None


def test_more_than_anybody_should_say_is_refused() -> None:
    """
    START-6: Temporal ends a run whose messages are too large, so they are refused long before.
    """
    too_much = ["x" * 10_000] * 10

    with pytest.raises(BadRequest, match="at most 65,536 bytes"):
        read_model(
            DeriveRca,
            [raw({"by": "cora", "rca": {"summary": "x", "actions": too_much}})],
            "write customer RCA",
            "",
        )
    with pytest.raises(BadRequest, match="at most 565,536 bytes"):  # the request, and what is around it
        read_input([raw({"request": {"services": too_much * 6}})])
