"""
Conversations: a method for each thing that our people and customers tell each other in an escalation (TALK).

Each sends a command and returns what the engine answers; no rule is known here.
"""

from datetime import datetime

from clients.moves import Moves
from escalation.case.moves.add_comment import AddComment
from escalation.case.moves.add_evidence import AddEvidence
from escalation.case.moves.answer_question import AnswerQuestion
from escalation.case.moves.ask_customer import AskCustomer
from escalation.case.moves.record_customer_message import RecordCustomerMessage
from escalation.case.moves.state_impact import StateImpact
from escalation.case.request import Channel
from escalation.case.view import MoveResult
from escalation.kernel.values import CustomerText, CustomerWords, InternalText
from escalation.policy.classification import AttemptOutcome, EvidenceKind


class Conversations(Moves):
    """Add evidence and comments, record what customers say, and ask them."""

    async def ask_customer(
        self, key: str, *, by: str, account: str, text: str, what_for: str, due_at: datetime
    ) -> MoveResult:
        """The clocks that the playbook names stand still until they answer (TALK-4)."""
        command = AskCustomer(
            by=by, account=account, text=CustomerText(text), what_for=CustomerText(what_for), due_at=due_at
        )
        return await self.ask(key, command)

    async def answer_question(
        self, key: str, *, by: str, answer: str, number: int | None = None, contact: str | None = None
    ) -> MoveResult:
        """*by* the customer's contact, or an agent in their words; *number*: which question, if several are open."""
        command = AnswerQuestion(by=by, answer=CustomerWords(answer), number=number, contact=contact)
        return await self.ask(key, command)

    async def add_evidence(
        self,
        key: str,
        *,
        by: str,
        evidence: EvidenceKind,
        what: str,
        at: datetime | None = None,
        who: str = "",
        outcome: AttemptOutcome | None = None,
        link: str = "",
    ) -> MoveResult:
        """*by* one of our people, or a customer's contact (``ACCOUNT:EMAIL``); an attempt has an *outcome* (TALK-1)."""
        command = AddEvidence(
            by=by,
            evidence=evidence,
            what=InternalText(what),
            at=at,
            who=InternalText(who),
            outcome=outcome,
            link=link,
        )
        return await self.ask(key, command)

    async def add_comment(self, key: str, *, by: str, note: str) -> MoveResult:
        """For our own people; `@maya` in it notifies her at once (TALK-2)."""
        return await self.ask(key, AddComment(by=by, note=InternalText(note)))

    async def record_customer_message(
        self,
        key: str,
        *,
        by: str,
        account: str,
        text: str,
        channel: Channel,
        contact: str | None = None,
        at: datetime | None = None,
    ) -> MoveResult:
        """*by* the customer's contact, or an agent who writes down what they said (TALK-3)."""
        command = RecordCustomerMessage(
            by=by, account=account, text=CustomerWords(text), channel=channel, contact=contact, at=at
        )
        return await self.ask(key, command)

    async def state_impact(self, key: str, *, by: str, account: str, impact: str) -> MoveResult:
        """In the words of the customer: what it means for their business (TALK-6)."""
        return await self.ask(key, StateImpact(by=by, account=account, impact=CustomerWords(impact)))
