"""`escalate doctor`: what is wrong with runs and with the record, and what fixes it."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli.options import Json, Yes, argument, option

if TYPE_CHECKING:
    from entrypoints.cli.doctor.visit import Outcomes


def doctor(
    key: Annotated[str | None, argument("[KEY]", "An escalation's key. If omitted: all of them.")] = None,
    repair: Annotated[bool, option("--repair", "Fix what can be fixed; asks first.")] = False,
    yes: Yes = False,
    in_json: Json = False,
) -> None:
    """Find stalled runs, runs that can never begin, and holes in the record; of KEY, or of all. Exit 1 if any."""
    from entrypoints.cli.doctor import visit
    from entrypoints.terminal import as_json
    from escalation.kernel.counted_nouns import number_of
    from escalation.kernel.reasons import reason
    from escalation.kernel.refusals import BadRequest, Fault

    if repair and not yes and (in_json or not sys.stdin.isatty()):
        fault = Fault(where="--yes", given="nothing, and nobody to ask", allowed="--repair with --yes")
        raise BadRequest.because(reason("of.repair"), (fault,))
    findings = visit.examine_all(key, in_json)
    if not in_json:
        visit.print_findings(findings)
    can_be = [place for place, finding in enumerate(findings) if finding.repair]
    outcomes: Outcomes = {}
    if repair and can_be and (yes or typer.confirm(f"Carry out {number_of(len(can_be), 'repair')}?")):
        outcomes = visit.carry_out_repairs(findings, can_be, in_json)
    if in_json:
        as_json(visit.findings_as_data(findings, outcomes))
    if any(outcomes.get(place, "left") for place in range(len(findings))):
        raise typer.Exit(1)
