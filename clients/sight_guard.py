"""
Guard of what somebody may look at: finds out whom a run concerns, and asks the rule of `escalation.policy.sight`.

All that a client asks of runs passes here, and so does each list (`TemporalConnection`): no part of the client can
forget it. What may not be looked at is answered as if it did not exist. It must not know what is asked.
"""

from collections.abc import Iterable
from contextlib import suppress

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from clients.stored_names import StoredNames
from clients.visibility import accounts_in, list_of, people_in
from encryption.errors import EncryptionFault
from escalation import contract
from escalation.kernel.ids import Own, is_of_escalation, name_in, split_task_force_id
from escalation.policy.sight import Concerned, Sight
from workflows import search_attributes as sa


class SightGuard:
    """Guards the runs of one server for *sight*."""

    def __init__(self, client: Client, sight: Sight, names: StoredNames) -> None:
        self._client = client
        self._sight = sight
        self._names = names

    async def covers(self, id_: str, run_id: str | None = None) -> bool:
        """Return whether a run may be looked at; of an escalation that is not there, the server says so itself."""
        if self._sight.is_unlimited or name_in(Own.INTAKE, id_):
            return True
        if inbox := name_in(Own.INBOX, id_):
            return self._covers_inbox(inbox)
        if account := name_in(Own.SPONSORSHIP, id_):
            return await self._covers_sponsorship(id_, account)
        case = _escalation_of(id_)
        return is_of_escalation(case) and await self._covers_escalation(case, run_id if case == id_ else None)

    async def covers_run(self, run: WorkflowExecution) -> bool:
        """Return whether *run*, as the server describes it, may be looked at."""
        return self._sight.is_unlimited or self._sight.covers(await concerned_by(run, self._names))

    def narrowed(self, query: str) -> str:
        """Return a query of the server's lists that finds what may be looked at, and little else."""
        sight = self._sight
        wanted = [query] if query else []
        if not sight.sees_all:
            theirs = [f"WorkflowType = '{contract.SPONSORSHIP}'"]  # its memo says whom it concerns
            if sight.people:
                theirs += [
                    f"{each.name} IN {self._stored(sight.people)}" for each in (sa.PARTICIPANTS, sa.WAITS_FOR)
                ]
            if sight.accounts:
                theirs.append(f"{sa.CUSTOMER.name} IN {self._stored(sight.accounts)}")
            wanted.append(f"({' OR '.join(theirs)})")
        return " AND ".join(wanted)

    def _stored(self, names: Iterable[str]) -> str:
        return list_of(form for name in sorted(names) for form in self._names.forms_of(name))

    def _covers_inbox(self, of: str) -> bool:
        """Messages of all customers come together there, so a key that is bound to some has no inbox."""
        return not self._sight.bound_to and (self._sight.sees_all or of in self._sight.people)

    async def _covers_sponsorship(self, id_: str, account: str) -> bool:
        if self._sight.covers(Concerned.of((), (account,))):
            return True  # also of an account that was never proposed: somebody may propose it
        run = await self._find(id_)
        return run is not None and await self.covers_run(run)

    async def _covers_escalation(self, id_: str, run_id: str | None = None) -> bool:
        run = await self._find(id_, run_id)
        if run and run.workflow_type == contract.JOINED_CASE_WORKFLOW:
            handle = self._client.get_workflow_handle(id_, run_id=run_id)
            joined = await handle.query(contract.JOINED_ESCALATION, result_type=str)
            return bool(joined) and await self._covers_escalation(joined)
        return run is None or await self.covers_run(run)

    async def _find(self, id_: str, run_id: str | None = None) -> WorkflowExecutionDescription | None:
        try:
            return await self._client.get_workflow_handle(id_, run_id=run_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise


async def concerned_by(run: WorkflowExecution, names: StoredNames) -> Concerned:
    """Return whom an escalation or a sponsorship concerns; nobody, if *run* is something else."""
    if run.workflow_type == contract.SPONSORSHIP:
        kind = contract.SponsorshipListing
        with suppress(EncryptionFault):  # of whom it is cannot be read: then it is nobody's
            line = await run.memo_value(contract.SPONSORSHIP_MEMO, None, type_hint=kind)
            return Concerned.of((line.sponsor,), (line.account,)) if line else Concerned()
        return Concerned()
    found = run.typed_search_attributes
    return Concerned.of(people_in(found, names), accounts_in(found, names))


def _escalation_of(id_: str) -> str:
    """Return the id of the escalation that a task force is of, or *id_* itself."""
    return split_task_force_id(id_)[0]
