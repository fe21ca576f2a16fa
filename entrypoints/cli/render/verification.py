"""The result of a verification of the record, in a terminal and for scripts."""

from typing import Any

from entrypoints.terminal import out
from escalation.kernel.counted_nouns import number_of
from records.verification import ChainFault, ChainFaultKind, Verification

_SAYS = {
    ChainFaultKind.CHANGED: "changed since it was written",
    ChainFaultKind.MISSING: "missing",
    ChainFaultKind.ADDED: "not written by this program",
    ChainFaultKind.HEAD_DIFFERS: "not the last one that was written: digests were computed again",
    ChainFaultKind.SEAL_DIFFERS: "not the one that was sealed",
}


def verification_as_data(found: Verification) -> dict[str, Any]:
    return {
        "is_intact": not found.faults,
        "chains": len(found.heads),
        "entries": found.entries,
        "waiting": found.waiting,
        "erased": found.erased,
        "faults": found.faults,
    }


def print_verification(found: Verification) -> None:
    for fault in found.faults:
        out.print(f"{fault.chain}: {_where(fault)}: {_SAYS[fault.kind]}", style="red", markup=False)
    looked = f"{_entries(found.entries)} of {number_of(len(found.heads), 'chain')} verified"
    said = (
        f"{number_of(len(found.faults), 'fault')} found" if found.faults else "all are as they were written"
    )
    waiting = f"; {_entries(found.waiting)} after a gap, in no chain yet" if found.waiting else ""
    erased = f"; {_entries(found.erased)} erased, as the audit log says" if found.erased else ""
    out.print(f"{looked}: {said}{waiting}{erased}")


def _entries(count: int) -> str:
    return number_of(count, "entry", "entries")


def _where(fault: ChainFault) -> str:
    return f"entry {fault.first}" if fault.first == fault.last else f"entries {fault.first} to {fault.last}"
