"""
The share of one account: each kind of event says whose it is, and what does not say so is given to nobody.
"""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from escalation.case import events as e
from escalation.kernel.values import to_plain
from privacy.account_share import COURSE, OWN, PART_OF, TOLD, share_of_account
from records.tables import PARTS
from tests.builders import a_customer, opening

ADAPTER: TypeAdapter[e.Event] = TypeAdapter(e.Event)
SCHEMA = ADAPTER.json_schema()
KINDS = {
    kind: set(SCHEMA["$defs"][where.rpartition("/")[2]]["properties"])
    for kind, where in SCHEMA["discriminator"]["mapping"].items()
}
SECRET = "of ACME alone"
ACME_S_CONTACT = {"name": SECRET, "email": "jo@acme.example"}
A_QUESTION = {"number": 1, "account": "ACME", "text": SECRET, "what_for": SECRET}
EVIDENCE = {"kind": "attempt", "what": SECRET}
A_MERGE = {"merged": "ACME/9@1", "cause": "duplicate", "why": SECRET, "settled": {"T1": SECRET}}
BROUGHT = {"case_key": "ACME/9", "linked_tickets": [SECRET], "evidence": [EVIDENCE]}
OF_ACME: list[dict[str, Any]] = [
    {"kind": "customer_asked", "question": A_QUESTION},
    {"kind": "contact_corrected", "before": ACME_S_CONTACT, "after": ACME_S_CONTACT, "note": SECRET},
    {"kind": "page_revoked", "email": "jo@acme.example", "note": SECRET},
    {"kind": "evidence_added", "evidence": EVIDENCE},
    {"kind": "comment_added", "note": SECRET},
    {"kind": "text_submitted", "number": 1, "text": SECRET, "question": A_QUESTION},
    {"kind": "customer_joined", **BROUGHT},
    {"kind": "escalation_taken_over", **BROUGHT, **A_MERGE, "impacts": {"ACME": SECRET}},
    {"kind": "of_a_later_release", "text": SECRET},
]
"""Events that are about ACME, or do not say about whom they are."""


def an_outage(*events: dict[str, Any]) -> dict[str, Any]:
    """Opened of ACME, joined by BOLT."""
    opened = to_plain(opening(key="OUT/1").events[0])
    joined = {"kind": "customer_joined", "case_key": "BOLT/1", "customers": [to_plain(a_customer("BOLT"))]}
    rows = [
        {"seq": seq, "at": "2026-11-23T09:00:00Z", "by": "ana", "kind": event["kind"], "event": event}
        for seq, event in enumerate((opened, joined, *events), 1)
    ]
    parts: dict[str, Any] = {part.__tablename__: [] for part in PARTS}
    parts["customers"] = [{"account": "ACME", "tier": "gold"}, {"account": "BOLT", "tier": ""}]
    return {**parts, "id": "OUT/1@1", "key": "OUT/1", "subject": SECRET, "events": rows, "playbooks": []}


def test_each_kind_of_event_says_whose_it_is() -> None:
    """
    A new event fails here until it is named in privacy/account_share.py.
    """
    assert set(KINDS) == COURSE.keys() | OWN.keys()
    assert TOLD.keys() <= COURSE.keys()
    for kind, names in [*COURSE.items(), *TOLD.items()]:
        assert set(names) <= KINDS[kind], kind
    assert PART_OF.keys() == {part.__tablename__ for part in PARTS}


@pytest.mark.parametrize("event", OF_ACME, ids=lambda event: event["kind"])
def test_who_joined_gets_nothing_of_the_others(event: dict[str, Any]) -> None:
    share = json.dumps(share_of_account(an_outage(event), "BOLT"))

    assert "jo@bolt.example" in share
    assert SECRET not in share
    assert "acme" not in share.casefold()


@pytest.mark.parametrize("event", OF_ACME[:3], ids=lambda event: event["kind"])
def test_whose_it_is_gets_it(event: dict[str, Any]) -> None:
    share = share_of_account(an_outage(event), "ACME")

    assert event.items() <= share["events"][-1]["event"].items()
    assert "bolt" not in json.dumps(share).casefold()


def test_an_erased_event_is_no_obstacle() -> None:
    recorded = an_outage()
    erased = [{**row, "event": {}} for row in an_outage(*OF_ACME)["events"]]

    share = share_of_account({**recorded, "events": [*recorded["events"], *erased]}, "BOLT")

    assert [1, 2] == [
        row["seq"] for row in share["events"] if row["event"].get("id") or "customers" in row["event"]
    ]
