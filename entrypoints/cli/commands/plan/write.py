"""`escalate plan write`: a new version of the action plan."""

from typing import Annotated, Any

from entrypoints.cli.client_call import make_move
from entrypoints.cli.options import By, DryRun, Json, Key, Why, option


def write(
    key: Key,
    by: By,
    step: Annotated[
        list[str] | None,
        option(
            "--step",
            "A step, such as 'ben: Call the customer; due 2030-01-31T12:00'. The due time may be a day alone, "
            "which ends it, or be left out. Repeat for more steps.",
            "'OWNER: WHAT; due TIME'",
        ),
    ] = None,
    tz: Annotated[str, option("--tz", "The time zone of the due times of --step.", "ZONE")] = "UTC",
    file: Annotated[
        str | None,
        option(
            "--file",
            "Instead: YAML or JSON with a list `steps`, each with `owner`, `what`, and if you like `due_at`, "
            "such as 2030-01-31T12:00+07:00, and `is_done`.",
            "FILE|-",
        ),
    ] = None,
    why: Why = "",
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """Write a new version of the action plan: all of its steps. Each version is kept."""
    from entrypoints.cli.action_plan_steps import STEP_NOT_READ, StepsFile, parse_step
    from entrypoints.cli.option_values import OptionValues
    from entrypoints.files import read_model
    from escalation.case.moves.revise_plan import RevisePlan

    options = OptionValues()
    zone = options.zone(tz)
    if file and step:
        options.refuse("--file, --step", "both", "one of them")
    steps: Any = [options.read(STEP_NOT_READ, parse_step, *each, zone) for each in enumerate(step or (), 1)]
    if file and not step:
        steps = read_model(file, StepsFile, "the plan").steps
    make_move(key, RevisePlan, in_json, dry_run, options.faults, by=by, steps=steps, why=why)
