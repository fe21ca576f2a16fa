"""
IntakeWorkflow: the mark that a delivery of another system was followed (START-1).

It ends at once. Its id says which delivery it was, its memo what that was answered with; both last as long as the
server keeps what has ended.
"""

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.kernel.ids import Own
from workflows.inputs import read_start, refuse_bad_input, require_own_id, takes_one


@workflow.defn(name=contract.INTAKE)
class IntakeWorkflow:
    """One delivery."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        self._key = read_start(contract.IntakeInput, begins, '{"key": "ACME/4711"}').key
        require_own_id(Own.INTAKE)

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> str:
        """The key of the subject that was delivered."""
        return self._key
