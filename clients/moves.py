"""
Moves: one method for each thing that a person can do to an escalation.

Each sends a command of ``escalation.case.commands`` and returns what the engine answers; no rule is known here.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from temporalio.client import WorkflowExecutionStatus

from clients.run_errors import RunEnded
from clients.same_move import name_same_move
from clients.starts import Starts
from clients.visibility import quote
from escalation import contract
from escalation.case.action_plan import Step
from escalation.case.lifecycle import AFTER_THE_CLOSE, Move, State
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.approve_rca import ApproveRca
from escalation.case.moves.approve_text import ApproveText
from escalation.case.moves.begin_resolution import BeginResolution
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.correct_contact import CorrectContact
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.derive_rca import DeriveRca
from escalation.case.moves.edit_text import EditText
from escalation.case.moves.file_post_mortem import FilePostMortem
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.finish_action import FinishAction
from escalation.case.moves.nudge_owner import NudgeOwner
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reject_text import RejectText
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.report_trigger import ReportTrigger
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.send_back_rca import SendBackRca
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.case.moves.share_rca import ShareRca
from escalation.case.moves.tick_response import TickResponse
from escalation.case.moves.transfer import Transfer
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.moves.waive_rca import WaiveRca
from escalation.case.post_mortem import PostMortem
from escalation.case.rca_content import CustomerRca, InternalRca
from escalation.case.resolution import AccessAnswer, ResolutionKind
from escalation.case.view import MoveResult, View
from escalation.kernel.ids import key_of
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import EscalationError, MoveNotAllowed, StillFinishing, UnknownName
from escalation.kernel.values import CustomerText, InternalText
from escalation.policy.classification import CancelCause, Degree, EscalationReason, Priority
from runtime.errors import NoServer
from workflows import search_attributes as sa


class Moves(Starts):
    """Make moves."""

    async def ask(
        self,
        key: str,
        command: PersonsCommand,
        *,
        id: str | None = None,  # noqa: A002
        read_at: datetime | None = None,
    ) -> MoveResult:
        """
        Make the move that *command* asks for. The methods below are this, one for each move.

        *id* makes a repeat of this very call harmless, across restarts of everything. *read_at*: when whoever acts had
        read the state; a refusal names who made the same move since.

        Raises:
            EscalationError: If the move is refused. Nothing has changed then.
        """
        if isinstance(command, Reopen):
            return await self._reopen(key, command, id)
        if isinstance(command, Cancel) and command.into:
            await self.require_sight(command.into)
        return await self._ask(key, command.move, command, id, read_at)

    async def _ask(
        self, key: str, move: Move, argument: object, id_: str | None, read_at: datetime | None = None
    ) -> MoveResult:
        await self._runs.require_escalation(key)
        id_, asked = id_ or uuid.uuid4().hex, key
        try:
            with suppress(RunEnded):
                return await self._send_move(key, move, argument, id_)
            if move in AFTER_THE_CLOSE and (followed := await self._followed_under(key)):
                asked = followed
                with suppress(RunEnded):
                    return await self._send_move(followed, move, argument, id_)
            raise await self._runs.why_ended(key, move)
        except (MoveNotAllowed, UnknownName) as refusal:
            if move in AFTER_THE_CLOSE and (earlier := await self._closed_before(asked)):
                obstacle = reason("if_closed", refusal.refusal.obstacle, earlier)
                raise EscalationError.of_refusal(replace(refusal.refusal, obstacle=obstacle)) from None
            if isinstance(refusal, UnknownName) and read_at is None:
                raise
            by = getattr(argument, "by", "")
            named = await name_same_move(refusal, self._runs, asked, move, by=by, read_at=read_at)
            raise named from refusal.__cause__

    async def _send_move(self, workflow_id: str, move: Move, argument: object, id_: str) -> MoveResult:
        """One that is just being handed over to its follow-up (ADR 15) is asked again, for what that takes."""
        again = (StillFinishing,) if move in AFTER_THE_CLOSE else ()
        try:
            return await self._runs.update(workflow_id, move.value, argument, MoveResult, *again, id_=id_)
        except UnknownName:
            if not await self._is_on_call(workflow_id, getattr(argument, "by", "")):
                raise
        return await self._runs.update(workflow_id, move.value, argument, MoveResult, *again, id_=id_)

    async def _is_on_call(self, workflow_id: str, person: str) -> bool:
        """Return whether somebody whom the run did not know is on call by now, and known from now on (MATRIX-1)."""
        asked = contract.OnCallRequest(person=person)
        try:
            found = await self._runs.update(
                workflow_id, contract.LOOK_UP_ON_CALL, asked, contract.OnCallPeople
            )
        except EscalationError:
            return False
        return person in found.people

    async def _followed_under(self, key: str) -> str | None:
        """The id under which the last escalation of *key* is followed up, if it is."""
        view = await self._runs.query(key, contract.VIEW, View)
        return view.id if view.is_followed_up else None

    async def _closed_before(self, asked: str) -> str:
        """The ids of other escalations of the same key that are followed up, the last closed first."""
        ids = quote(f"{key_of(asked)}@")
        query = (
            f"WorkflowType = '{contract.FOLLOW_UP}' AND WorkflowId STARTS_WITH {ids} "
            f"AND {sa.STATE.name} = '{State.CLOSED}' AND ExecutionStatus = 'Running'"
        )
        with suppress(NoServer):
            return " or ".join(
                [each.id async for each in self._temporal.executions(query) if each.id != asked]
            )
        return ""

    async def acknowledge(self, key: str, *, by: str, note: str = "") -> MoveResult:
        return await self.ask(key, Acknowledge(by=by, note=InternalText(note)))

    async def raise_level(
        self, key: str, *, by: str, reason: EscalationReason, to_level: int | None = None, note: str = ""
    ) -> MoveResult:
        return await self.ask(
            key, RaiseLevel(by=by, reason=reason, to_level=to_level, note=InternalText(note))
        )

    async def transfer(
        self,
        key: str,
        *,
        by: str,
        to: str | None = None,
        skill: str | None = None,
        reason: EscalationReason = EscalationReason.LACK_OF_EXPERTISE,
        note: str = "",
    ) -> MoveResult:
        """*to* a person or team, or to whoever has a *skill* of the playbook (KIND-2)."""
        return await self.ask(
            key, Transfer(by=by, to=to, skill=skill, reason=reason, note=InternalText(note))
        )

    async def report_trigger(self, key: str, *, by: str, trigger: str, note: str = "") -> MoveResult:
        return await self.ask(key, ReportTrigger(by=by, trigger=trigger, note=InternalText(note)))

    async def tick_response(
        self, key: str, *, by: str, response: str, level: int | None = None, note: str = ""
    ) -> MoveResult:
        command = TickResponse(by=by, response=response, level=level, note=InternalText(note))
        return await self.ask(key, command)

    async def nudge_owner(self, key: str, *, by: str, note: str = "") -> MoveResult:
        return await self.ask(key, NudgeOwner(by=by, note=InternalText(note)))

    async def change_priority(self, key: str, *, by: str, priority: Priority, note: str = "") -> MoveResult:
        return await self.ask(key, ChangePriority(by=by, priority=priority, note=InternalText(note)))

    async def pause(self, key: str, *, by: str, because: str, note: str = "") -> MoveResult:
        return await self.ask(key, PauseClocks(by=by, because=because, note=InternalText(note)))

    async def resume(self, key: str, *, by: str, note: str = "") -> MoveResult:
        return await self.ask(key, ResumeClocks(by=by, note=InternalText(note)))

    async def begin_resolution(self, key: str, *, by: str, note: str = "") -> MoveResult:
        return await self.ask(key, BeginResolution(by=by, note=InternalText(note)))

    async def revise_plan(self, key: str, *, by: str, steps: Sequence[Step], why: str = "") -> MoveResult:
        return await self.ask(key, RevisePlan(by=by, steps=tuple(steps), why=InternalText(why)))

    async def send_update(
        self,
        key: str,
        *,
        by: str,
        customer_text: str | None = None,
        internal_note: str | None = None,
        apologise: bool = False,
        estimate: datetime | None = None,
        sure: Degree = Degree.MEDIUM,
        estimate_why: str | None = None,
    ) -> MoveResult:
        """
        Waits for approval first, where the playbook wants that of texts for customers (COMM-6).

        *estimate*: when it will be solved, for customers; one that changes says why (TALK-6).
        """
        return await self.ask(
            key,
            SendUpdate(
                by=by,
                apologise=apologise,
                customer_text=CustomerText(customer_text) if customer_text else None,
                internal_note=InternalText(internal_note) if internal_note else None,
                estimate=estimate,
                sure=sure,
                estimate_why=CustomerText(estimate_why) if estimate_why else None,
            ),
        )

    async def approve_text(
        self, key: str, *, by: str, number: int | None = None, note: str = ""
    ) -> MoveResult:
        """Send out the text for customers that waits; *number*: which one, if several do."""
        return await self.ask(key, ApproveText(by=by, number=number, note=InternalText(note)))

    async def edit_text(
        self, key: str, *, by: str, text: str, number: int | None = None, why: str = ""
    ) -> MoveResult:
        command = EditText(by=by, number=number, text=CustomerText(text), why=InternalText(why))
        return await self.ask(key, command)

    async def reject_text(self, key: str, *, by: str, why: str, number: int | None = None) -> MoveResult:
        return await self.ask(key, RejectText(by=by, number=number, why=InternalText(why)))

    async def declare_resolved(
        self,
        key: str,
        *,
        by: str,
        resolution: ResolutionKind,
        done: str,
        customer_text: str | None = None,
    ) -> MoveResult:
        return await self.ask(
            key,
            DeclareResolved(
                by=by,
                resolution=resolution,
                done=InternalText(done),
                customer_text=CustomerText(customer_text) if customer_text else None,
            ),
        )

    async def verify_resolution(self, key: str, *, by: str, note: str = "") -> MoveResult:
        return await self.ask(key, VerifyResolution(by=by, note=InternalText(note)))

    async def reject_resolution(self, key: str, *, by: str, why: str) -> MoveResult:
        return await self.ask(key, RejectResolution(by=by, why=InternalText(why)))

    async def confirm_access(
        self, key: str, *, by: str, account: str, answer: AccessAnswer = AccessAnswer.YES, note: str = ""
    ) -> MoveResult:
        return await self.ask(
            key, ConfirmAccess(by=by, account=account, answer=answer, note=InternalText(note))
        )

    async def settle_ticket(
        self, key: str, *, by: str, record: str, stays_open_because: str | None = None
    ) -> MoveResult:
        reason = InternalText(stays_open_because) if stays_open_because else None
        return await self.ask(key, SettleTicket(by=by, record=record, stays_open_because=reason))

    async def request_rca(self, key: str, *, by: str, note: str = "") -> MoveResult:
        return await self.ask(key, RequestRca(by=by, note=InternalText(note)))

    async def file_rca(self, key: str, *, by: str, rca: InternalRca) -> MoveResult:
        return await self.ask(key, FileRca(by=by, rca=rca))

    async def derive_rca(self, key: str, *, by: str, rca: CustomerRca | None = None) -> MoveResult:
        return await self.ask(key, DeriveRca(by=by, rca=rca))

    async def approve_rca(self, key: str, *, by: str, note: str = "") -> MoveResult:
        return await self.ask(key, ApproveRca(by=by, note=InternalText(note)))

    async def send_back_rca(self, key: str, *, by: str, why: str) -> MoveResult:
        return await self.ask(key, SendBackRca(by=by, why=InternalText(why)))

    async def share_rca(self, key: str, *, by: str) -> MoveResult:
        return await self.ask(key, ShareRca(by=by))

    async def waive_rca(self, key: str, *, by: str, why: str) -> MoveResult:
        return await self.ask(key, WaiveRca(by=by, why=InternalText(why)))

    async def close(self, key: str, *, by: str, note: str = "") -> MoveResult:
        return await self.ask(key, Close(by=by, note=InternalText(note)))

    async def cancel(
        self, key: str, *, by: str, why: str, cause: CancelCause, into: str | None = None
    ) -> MoveResult:
        return await self.ask(key, Cancel(by=by, cause=cause, into=into, why=InternalText(why)))

    async def reopen(self, key: str, *, by: str, why: str) -> MoveResult:
        """Back to resolving; a closed one comes back as a new escalation, one level higher (CLOSE-9)."""
        return await self.ask(key, Reopen(by=by, why=InternalText(why)))

    async def _reopen(self, key: str, command: Reopen, id_: str | None) -> MoveResult:
        """One that is closed comes back as a new escalation that names it."""
        description = await self._runs.describe(key)
        if description.workflow_type == contract.FOLLOW_UP:  # of what is closed: it comes back under its key
            key = key_of(key)
            description = await self._runs.describe(key)
            if description.status is WorkflowExecutionStatus.RUNNING:
                raise MoveNotAllowed(f"{key}: cannot reopen what was closed before, because it is open again")
        if description.status is WorkflowExecutionStatus.RUNNING:
            return await self._ask(key, Move.REOPEN, command, id_)
        ended = await self._runs.result_of(key)
        if ended is None or ended.state != State.CLOSED:
            raise await self._runs.why_ended(key, Move.REOPEN)
        level = min(ended.level + 1, ended.levels)
        return await self.start(
            ended.request.with_impacts(ended.impacts).returning(
                ended.id, level, ended.priority, command.by, command.why
            ),
            id=id_,
        )

    async def answer_survey(
        self, key: str, *, by: str, account: str, score: int, contact: str | None = None, comment: str = ""
    ) -> MoveResult:
        """*contact*: e-mail address of the one who answers; may be left out where the account has one (CLOSE-6)."""
        command = AnswerSurvey(
            by=by, account=account, contact=contact, score=score, comment=InternalText(comment)
        )
        return await self.ask(key, command)

    async def file_post_mortem(self, key: str, *, by: str, post_mortem: PostMortem) -> MoveResult:
        return await self.ask(key, FilePostMortem(by=by, post_mortem=post_mortem))

    async def correct_contact(
        self,
        key: str,
        *,
        by: str,
        contact: str,
        email: str | None = None,
        name: str | None = None,
        language: str | None = None,
        time_zone: str | None = None,
        note: str = "",
    ) -> MoveResult:
        """*contact*: the e-mail address as it is known; the others: as they should be."""
        given = {"contact": contact, "email": email, "name": name, "language": language}
        rest = {"time_zone": time_zone, "note": note, "by": by}
        return await self.ask(key, CorrectContact.model_validate(given | rest))

    async def finish_action(self, key: str, *, by: str, action: int, note: str = "") -> MoveResult:
        return await self.ask(key, FinishAction(by=by, action=action, note=InternalText(note)))
