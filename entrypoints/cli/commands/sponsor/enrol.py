"""`escalate sponsor enrol`: the terms of a sponsorship."""

from typing import Annotated

import typer

from entrypoints.cli.client_call import call_client, print_sponsorship
from entrypoints.cli.options import Account, By, Json, person


def enrol(
    account: Account,
    by: By,
    file: Annotated[str | None, typer.Option("--file", metavar="FILE|-", help="The terms, in YAML.")] = None,
    sponsor: Annotated[str | None, person("--sponsor", "Who sponsors the account.")] = None,
    duty: Annotated[
        list[str] | None, typer.Option("--duty", help="What the sponsor does. Repeat for more.")
    ] = None,
    entry: Annotated[
        list[str] | None, typer.Option("--entry", help="Why the account is in. Repeat for more.")
    ] = None,
    measure: Annotated[
        list[str] | None, typer.Option("--measure", help="What success is measured by. Repeat for more.")
    ] = None,
    exit_when: Annotated[
        list[str] | None, typer.Option("--exit", help="When the account may leave. Repeat for more.")
    ] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="DAYS", help="Days between touch-points, such as 30 or 30d."),
    ] = None,
    review: Annotated[
        str | None, typer.Option("--review", metavar="YYYY-MM-DD", help="The day of the first review.")
    ] = None,
    in_json: Json = False,
) -> None:
    """Take a proposed account in: sponsor, duties, criteria, measures, cadence, review date."""
    from entrypoints.cli.command_names import read_options
    from entrypoints.cli.option_values import parse_days
    from entrypoints.files import read_model
    from escalation.sponsorship.engine import Enrol

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
    terms = read_model(file, Enrol, what, options=options) if file else read_options(Enrol, what, options)
    print_sponsorship(call_client(lambda client: client.enrol(account, terms)), in_json)
