"""`escalate task-force deploy`: a mission, a lead, and seats that are offered to candidates."""

from typing import Annotated

from entrypoints.cli.client_call import make_move
from entrypoints.cli.options import By, DryRun, Json, Key, argument, option, person


def deploy(
    key: Key,
    name: Annotated[str, argument("NAME", "Its name, such as data-recovery.")],
    by: By,
    mission: Annotated[str, option("--mission", "What it is to achieve.")],
    lead: Annotated[str, person("--lead", "Who leads it, and reports.")],
    seat: Annotated[
        list[str] | None,
        option(
            "--seat",
            "A seat, offered to whoever has the role or skill, or to those named. Repeat for more.",
            "ROLE[/SKILL][=PERSON,PERSON]",
        ),
    ] = None,
    plan: Annotated[str | None, option("--plan", "The technical plan.")] = None,
    status_every: Annotated[
        str | None,
        option(
            "--status-every",
            "How often its lead reports, such as 2h. If omitted: as the playbook says.",
            "SPAN",
        ),
    ] = None,
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """Deploy a task force; each seat is offered until somebody accepts."""
    from entrypoints.cli.option_values import OptionValues, parse_seat, parse_status_interval
    from escalation.case.moves.deploy_task_force import DeployTaskForce

    options = OptionValues()
    reports_every = options.read(None, parse_status_interval, status_every)
    make_move(
        key,
        DeployTaskForce,
        in_json,
        dry_run,
        options.faults,
        by=by,
        name=name,
        mission=mission,
        lead=lead,
        seats=tuple(map(parse_seat, seat or ())),
        technical_plan=plan,
        status_every=reports_every,
    )
