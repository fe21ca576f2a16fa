"""Examine runs and the record, repair what can be, and show both."""

from collections.abc import Sequence

from rich.text import Text

from client import EscalationClient
from encryption.encryption_setup import encryption_of
from entrypoints.cli.client_call import call_client
from entrypoints.cli.doctor.findings import Finding, examine
from entrypoints.cli.doctor.repairs import RepairTools
from entrypoints.cli.progress import progress
from entrypoints.cli.record_store import open_store
from entrypoints.terminal import out
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.refusals import EscalationError
from records.errors import RecordStoreFault
from runtime.errors import NoServer
from runtime.settings import Settings
from workers.replays import Replays

Outcomes = dict[int, str]
"""The result of each repair, by the place of its finding; empty if it helped."""


def examine_all(key: str | None, in_json: bool) -> list[Finding]:
    replays = Replays(encryption_of(Settings.load()))
    with open_store() as store, progress(in_json) as bar:
        task = bar.add_task("examine", total=None)

        async def look(client: "EscalationClient") -> list[Finding]:
            if key is not None:
                await client.require(key)
            return await examine(RepairTools(client, store), replays, key, lambda: bar.advance(task))

        return call_client(look)


def carry_out_repairs(findings: Sequence[Finding], places: Sequence[int], in_json: bool) -> Outcomes:
    outcomes: Outcomes = {}

    async def carry_out(client: "EscalationClient") -> None:
        for place in places:
            repair = findings[place].repair
            assert repair
            try:
                await repair.carry_out(RepairTools(client, store))
                outcomes[place] = ""
            except (EscalationError, NoServer, RecordStoreFault) as refused:
                outcomes[place] = " ".join(str(refused).split())
            if not in_json:
                _show_outcome(findings[place], outcomes[place])

    with open_store() as store:
        call_client(carry_out)
    return outcomes


def print_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        out.print(Text(finding.key, style="bold").append(f": {finding.what}", style="not bold"))
        out.print(Text(f"  {'--repair' if finding.repair else 'needs'}: {finding.remedy}"))
    if not findings:
        out.print(Text("healthy"))
        return
    can_be = sum(finding.repair is not None for finding in findings)
    found = number_of(len(findings), "thing is wrong", "things are wrong")
    out.print(Text(f"{found}; {number_of(can_be, 'repair') if can_be else 'no repair'} by --repair"))


def _show_outcome(finding: Finding, failed: str) -> None:
    said = f"{finding.key}: {'not repaired: ' + failed if failed else 'repaired'}"
    out.print(Text(said, style="red" if failed else "green"))


def findings_as_data(findings: Sequence[Finding], outcomes: Outcomes) -> object:
    return {
        "findings": [
            finding.as_json() | {"repaired": outcomes.get(place) == "", "failed": outcomes.get(place, "")}
            for place, finding in enumerate(findings)
        ]
    }
