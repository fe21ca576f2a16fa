"""
Judge the proof of a start or a signal, which no validator can refuse (IDENTITY-3).

The history keeps the verdict: a replay asks nobody.
"""

from temporalio import activity

from escalation import contract
from escalation.kernel.proof import ProofCheck, Verdict
from identity.proof_ring import ProofRing


class ProofJudge:
    """Judges by the keys of this worker."""

    def __init__(self, proofs: ProofRing) -> None:
        self._proofs = proofs

    @activity.defn(name=contract.JUDGE_PROOF)
    async def judge_proof(self, asked: ProofCheck) -> Verdict:
        """
        Raises:
            NotProven: If its proof is missing where it is needed, or not good.
        """
        return Verdict(door=self._proofs.judge(asked))
