"""`escalate sponsor enrol`: the terms of a sponsorship."""

from typing import Annotated

from entrypoints.cli.client_call import send_command
from entrypoints.cli.options import Account, By, DryRun, Json, option, person


def enrol(
    account: Account,
    by: By,
    file: Annotated[str | None, option("--file", "The terms, in YAML.", "FILE|-")] = None,
    sponsor: Annotated[str | None, person("--sponsor", "Who sponsors the account.")] = None,
    duty: Annotated[list[str] | None, option("--duty", "What the sponsor does. Repeat for more.")] = None,
    entry: Annotated[list[str] | None, option("--entry", "Why the account is in. Repeat for more.")] = None,
    measure: Annotated[
        list[str] | None, option("--measure", "What success is measured by. Repeat for more.")
    ] = None,
    exit_when: Annotated[
        list[str] | None, option("--exit", "When the account may leave. Repeat for more.")
    ] = None,
    every: Annotated[
        str | None, option("--every", "Days between touch-points, such as 30 or 30d.", "DAYS")
    ] = None,
    review: Annotated[str | None, option("--review", "The day of the first review.", "YYYY-MM-DD")] = None,
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """Take a proposed account in: sponsor, duties, criteria, measures, cadence, review date."""
    from entrypoints.cli.command_names import name_options, read_options
    from entrypoints.cli.option_values import parse_days
    from entrypoints.files import read_model
    from escalation.sponsorship.moves.enrol import Enrol

    given = {
        "by": by,
        "sponsor": sponsor,
        "duties": duty,
        "entry_criteria": entry,
        "measures": measure,
        "exit_criteria": exit_when,
        "every_days": parse_days(every, "--every") if every else None,
        "review_on": review,
    }
    options = {name: value for name, value in given.items() if value not in (None, [])}
    what = "the enrolment"
    with name_options(options):
        terms = read_model(file, Enrol, what, options=options) if file else read_options(Enrol, what, options)
    send_command("sponsorship", (account,), terms, in_json, dry_run)
