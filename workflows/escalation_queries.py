"""
EscalationQueries: what can be read of an escalation. A query changes nothing and leaves no trace in the history.

An answer is one payload, so whatever grows is given by pages.
"""

from dataclasses import replace

from temporalio import workflow

from escalation import contract
from escalation.case.action_plan import ActionPlan
from escalation.case.audience import script
from escalation.case.contact_names import ContactNames
from escalation.case.customer_view import CustomerPage, customer_page
from escalation.case.deliveries import Delivery, deliveries
from escalation.case.effects import RecompilePlan
from escalation.case.engine import moves_now
from escalation.case.lifecycle import Move, diagram
from escalation.case.moves.rebase import RebasePreview, preview_rebase
from escalation.case.outdated_notifications import find_outdated
from escalation.case.rca_on_file import RcaOnFile, on_file
from escalation.case.record_batch import RecordBatch
from escalation.case.state import Escalation, owners_of_actions
from escalation.case.view import View, action_plans, timeline, view
from escalation.kernel.budgets import ANSWER, first_of
from escalation.kernel.list_page import ListPage, page_of
from escalation.kernel.reasons import Part
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.notifications.notification import CustomerFacts, NotificationBatch
from escalation.policy.people import Contact
from escalation.policy.plan import Plan
from messages.speaker import speaker
from workflows import web_ui
from workflows.escalation_base import EscalationBase
from workflows.record_outbox import batch_of

_PAGED = "one page, after a"


class EscalationQueries(EscalationBase):
    """The queries of one escalation."""

    @property
    def _names(self) -> ContactNames:
        return ContactNames(self.opened.request.customers, self._events)

    @workflow.query(name=contract.SCRIPT, description="What agents may tell customers now.")
    def script(self) -> CustomerFacts:
        return script(self.opened, workflow.now())

    @workflow.query(
        name=contract.DELIVERIES, description=f"What became of each message, oldest first, {_PAGED} number."
    )
    def messages(self, after: int = 0) -> ListPage[Delivery]:
        return page_of(deliveries(self._events, after, self._names.find))

    @workflow.query(
        name=contract.ACTION_PLANS,
        description=f"Versions of the action plan, oldest first, {_PAGED} version.",
    )
    def action_plans(self, after: int = 0) -> ListPage[ActionPlan]:
        found = action_plans(self.opened, self._events)
        return page_of(plan for plan in found if plan.version > after)

    @workflow.query(name=contract.VIEW, description="The escalation as people see it.")
    def view(self) -> View:
        return view(self.opened)

    @workflow.query(
        name=contract.CUSTOMER_PAGE, description="The escalation as the reader of a link to a page reads it."
    )
    def customer_page(self, reader: str) -> CustomerPage:
        return customer_page(self.opened, self._events, reader, workflow.now())

    @workflow.query(
        name=contract.STATE, description="The whole state, for a preview of what a move would do."
    )
    def state(self) -> Escalation:
        return self.opened

    @workflow.query(
        name=contract.TIMELINE, description=f"What happened, oldest first, {_PAGED} sequence number."
    )
    def timeline(self, after: int = 0) -> ListPage[TimelineEntry]:
        return page_of(timeline((event for event in self._events if event.seq > after), self._names.find))

    @workflow.query(
        name=contract.RECORD, description=f"What happened, as it goes on record, {_PAGED} sequence number."
    )
    def record(self, after: int = 0) -> RecordBatch:
        events = [event for event in self._events if event.seq > after]
        page = first_of(events, ANSWER)
        return batch_of(self.opened, page, events[len(page) :])

    @workflow.query(name=contract.UNRECORDED, description="What happened, and is not on record yet.")
    def unrecorded(self) -> RecordBatch:
        return self._records.next_batch()

    @workflow.query(name=contract.ALLOWED_MOVES, description="The moves that somebody can make now.")
    def allowed_moves(self) -> tuple[Move, ...]:
        return moves_now(self.opened)

    @workflow.query(
        name=contract.DIAGRAM, description="The lifecycle as a Mermaid diagram; where it stands is marked."
    )
    def diagram(self) -> str:
        return diagram(self.opened.state, speaker().say)

    @workflow.query(
        name=contract.OUTDATED_MESSAGES, description="Which messages should not leave any more, and why."
    )
    def outdated_messages(self, batch: NotificationBatch) -> dict[str, Part]:
        return find_outdated(self.opened, self._events, batch) | self._deliveries.find_foreign(batch)

    @workflow.query(name=contract.PEOPLE, description="The people and teams that its plan knows.")
    def people(self) -> tuple[Contact, ...]:
        return self.opened.plan.contacts

    @workflow.query(
        name=contract.RCA_ON_FILE, description="A version of the internal RCA, and which there are."
    )
    def rca_on_file(self, version: int | None = None) -> RcaOnFile:
        return on_file(self.opened, self._events, version)

    @workflow.query(name=contract.REBASE_BASIS, description="What a plan for it would be compiled of.")
    def rebase_basis(self) -> RecompilePlan:
        return self._basis()

    def _basis(self, issue_type: str | None = None, category: str | None = None) -> RecompilePlan:
        now = self.opened
        request = replace(
            now.request, issue_type=issue_type or now.plan.issue_type, category=category or now.plan.category
        )
        named = tuple(owner.id for owner in owners_of_actions(now))
        return RecompilePlan(request=request, opened_at=now.opened_at, named=named)

    @workflow.query(name=contract.REBASE_PREVIEW, description="What a rebase to a plan would change.")
    def rebase_preview(self, plan: Plan) -> RebasePreview:
        return preview_rebase(self.opened, plan, workflow.now())

    def current_details(self) -> str:
        """Asked for by the plugin, when somebody looks at the run in the Web UI."""
        if self._now is None:
            return ""
        return web_ui.current_details(self._now, self._events, self._records.gap)
