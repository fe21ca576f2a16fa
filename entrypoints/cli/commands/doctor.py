"""
The command ``doctor``: says what is wrong and what fixes it, and fixes it with ``--repair``.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from entrypoints.cli.client_call import Json, call_client
from entrypoints.cli.commands.playbook.simulate import progress
from entrypoints.cli.commands.report.period import open_store
from entrypoints.cli.doctor.findings import Finding, examine
from entrypoints.cli.doctor.repairs import RepairTools
from entrypoints.cli.render import escalation
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import BadRequest, EscalationError, Fault
from records.errors import RecordStoreFault
from runtime.errors import NoServer

if TYPE_CHECKING:
    from client import EscalationClient

app = typer.Typer()

Outcomes = dict[int, str]
"""What became of the repair of a finding, by its place; empty if it helped."""


@app.command()
def doctor(
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", show_default=False)] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Fix what can be fixed; asks first.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before a repair.")] = False,
    in_json: Json = False,
) -> None:
    """Find stalled runs, runs that can never begin, and holes in the record; of KEY, or of all. Exit 1 if any."""
    if repair and not yes and (in_json or not sys.stdin.isatty()):
        fault = Fault(where="--yes", given="nothing, and nobody to ask", allowed="--repair with --yes")
        raise BadRequest.because("the repair", (fault,))
    findings = _examined(key, in_json)
    if not in_json:
        _show(findings)
    can_be = [place for place, finding in enumerate(findings) if finding.repair]
    outcomes: Outcomes = {}
    if repair and can_be and (yes or typer.confirm(f"Carry out {number_of(len(can_be), 'repair')}?")):
        outcomes = _repaired(findings, can_be, in_json)
    if in_json:
        escalation.as_json(_as_json(findings, outcomes))
    if any(outcomes.get(place, "left") for place in range(len(findings))):
        raise typer.Exit(1)


def _examined(key: str | None, in_json: bool) -> list[Finding]:
    from workers.replays import Replays

    with open_store() as store, progress(in_json) as bar:
        task = bar.add_task("examine", total=None)

        async def look(client: "EscalationClient") -> list[Finding]:
            if key is not None:
                await client.require(key)
            return await examine(RepairTools(client, store), Replays(), key, lambda: bar.advance(task))

        return call_client(look)


def _repaired(findings: Sequence[Finding], places: Sequence[int], in_json: bool) -> Outcomes:
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


def _show(findings: Sequence[Finding]) -> None:
    for finding in findings:
        escalation.out.print(Text(finding.key, style="bold").append(f": {finding.what}", style="not bold"))
        escalation.out.print(Text(f"  {'--repair' if finding.repair else 'needs'}: {finding.remedy}"))
    if not findings:
        escalation.out.print(Text("healthy"))
        return
    can_be = sum(finding.repair is not None for finding in findings)
    found = number_of(len(findings), "thing is wrong", "things are wrong")
    escalation.out.print(
        Text(f"{found}; {number_of(can_be, 'repair') if can_be else 'no repair'} by --repair")
    )


def _show_outcome(finding: Finding, failed: str) -> None:
    said = f"{finding.key}: {'not repaired: ' + failed if failed else 'repaired'}"
    escalation.out.print(Text(said, style="red" if failed else "green"))


def _as_json(findings: Sequence[Finding], outcomes: Outcomes) -> object:
    return {
        "findings": [
            finding.as_json() | {"repaired": outcomes.get(place) == "", "failed": outcomes.get(place, "")}
            for place, finding in enumerate(findings)
        ]
    }
