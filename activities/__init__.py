"""
The hands: one file per effect, idempotent, saying what may be retried.

``build`` wires them to channels and playbook; which queue serves which is said here alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.compile_plan import Planner, check_zone
from activities.deliver_messages import DeliverMessages
from activities.find_on_call import OnCallLookup
from activities.judge_proof import ProofJudge
from activities.make_report import Reports
from activities.merge import Merges, check_open
from activities.outage_join import Outages
from activities.record_events import RecordEvents
from activities.record_open_escalations import OpenEscalations
from activities.report_deliveries import report_deliveries
from activities.sponsors import Sponsors
from activities.verify_sender import check_outage, verify_sender
from delivery.pipeline import Pipeline
from identity.proof_ring import ProofRing
from planning.on_call.feeds import Feeds, Transport
from planning.playbook.playbook_file import PlaybookFile
from records.store import RecordStore


@dataclass(frozen=True)
class Activities:
    quick: tuple[Callable[..., Any], ...]
    """Beside the workflows, on their queue."""
    messages: tuple[Callable[..., Any], ...]
    """On a queue of their own, so that a slow mail server cannot starve the moves."""
    records: tuple[Callable[..., Any], ...]
    """On a queue of their own too, because of a database that is down."""


def build(
    playbook: PlaybookFile,
    pipeline: Pipeline,
    transport: Transport,
    store: RecordStore | None = None,
    *,
    starts_of_one: int = 0,
    proofs: ProofRing | None = None,
) -> Activities:
    """*transport* is the way to the calendars of rotas; *starts_of_one*: escalations that one person may start within
    ten minutes, 0: as many as they like. *proofs*: those that this worker believes."""
    planner, rota = Planner(playbook.current, starts_of_one), OnCallLookup(playbook.current, Feeds(transport))
    sponsors, outages = Sponsors(playbook.current), Outages(playbook.current)
    merges = Merges(playbook.current)
    deliver = DeliverMessages(pipeline)
    return Activities(
        quick=(
            planner.compile_plan,
            planner.check_start,
            planner.check_join,
            planner.recompile_plan,
            planner.find_named,
            check_zone,
            planner.extend_open_hours,
            rota.find_on_call,
            sponsors.find_people,
            sponsors.propose_sponsorship,
            outages.join_outage,
            check_outage,
            verify_sender,
            merges.merge,
            merges.find_merge,
            check_open,
            ProofJudge(proofs or ProofRing()).judge_proof,
        ),
        messages=(deliver.deliver_messages, deliver.deliver_digest, report_deliveries),
        records=(
            RecordEvents(store).record_events,
            OpenEscalations(store).record_open_escalations,
            Reports(store, playbook.current).make_report,
        )
        if store
        else (),
    )
