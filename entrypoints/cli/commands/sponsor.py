"""
``escalate sponsor``: executive sponsorship of accounts, from proposal to exit (SPONSOR).
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, TypeAdapter, ValidationError
from rich.table import Table
from rich.text import Text

from entrypoints.cli.client_call import By, Json, Why, call_client, require_all
from entrypoints.cli.command_names import read_options
from entrypoints.cli.known_names import require_known_account
from entrypoints.cli.option_values import bad_option, parse_duration
from entrypoints.cli.render import escalation
from entrypoints.files import read_model
from escalation.kernel.refusals import quote_input
from escalation.kernel.values import Name
from escalation.policy.plan import Basis
from escalation.sponsorship.engine import Enrol, Exit, LogTouchPoint, Propose, Review, Sponsorship

if TYPE_CHECKING:
    from client import EscalationClient, Unanswered

app = typer.Typer(
    no_args_is_help=True, help="Executive sponsors of accounts: propose, enrol, touch-points, review, exit."
)

_Command = TypeVar("_Command", bound=BaseModel)
_NAME: TypeAdapter[str] = TypeAdapter(Name)

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", show_default=False)]
Said = Annotated[str, typer.Option("--note", "-m", help="What was said and agreed.", show_default=False)]


@app.command()
def propose(
    account: Account,
    by: By,
    why: Why,
    new: Annotated[bool, typer.Option("--new", help="No escalation and no sponsorship has it yet.")] = False,
    in_json: Json = False,
) -> None:
    """Propose an account; an executive escalation does so by itself. A person decides."""
    name, proposal = _named(account), _asked(Propose, "the proposal", by=by, why=why)

    async def ask(client: "EscalationClient") -> Sponsorship:
        if not new:
            await require_known_account(client, name, "an account that has escalations, or any with --new")
        return await client.propose_sponsorship(name, proposal)

    _answered(call_client(ask), in_json)


@app.command()
def enrol(
    account: Account,
    by: By,
    file: Annotated[str | None, typer.Option("--file", metavar="FILE|-", help="The terms, in YAML.")] = None,
    sponsor: Annotated[str | None, typer.Option("--sponsor", metavar="PERSON")] = None,
    duty: Annotated[list[str] | None, typer.Option("--duty", help="Repeat for more.")] = None,
    entry: Annotated[list[str] | None, typer.Option("--entry", help="Why it is in; repeat.")] = None,
    measure: Annotated[list[str] | None, typer.Option("--measure", help="Of success; repeat.")] = None,
    exit_: Annotated[list[str] | None, typer.Option("--exit", help="When it may leave; repeat.")] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="DAYS", help="Days between touch-points, such as 30 or 30d."),
    ] = None,
    review: Annotated[str | None, typer.Option("--review", metavar="YYYY-MM-DD")] = None,
    in_json: Json = False,
) -> None:
    """Take a proposed account in: sponsor, duties, criteria, measures, cadence, review date."""
    given = {
        "by": by,
        "sponsor": sponsor,
        "duties": duty,
        "entry_criteria": entry,
        "measures": measure,
        "exit_criteria": exit_,
        "every_days": _days(every) if every else None,
        "review_on": review,
    }
    options = {name: value for name, value in given.items() if value not in (None, [])}
    what = "the enrolment"
    terms = read_model(file, Enrol, what, options=options) if file else _asked(Enrol, what, **options)
    _answered(call_client(lambda client: client.enrol(account, terms)), in_json)


@app.command()
def touch(account: Account, by: By, note: Said, in_json: Json = False) -> None:
    """Record a touch-point; the next one is due a cadence from now."""
    touch_point = _asked(LogTouchPoint, "the touch-point", by=by, note=note)
    _answered(call_client(lambda client: client.touch(account, touch_point)), in_json)


@app.command()
def review(
    account: Account,
    by: By,
    findings: Said,
    next_review: Annotated[str, typer.Option("--next", metavar="YYYY-MM-DD", show_default=False)],
    in_json: Json = False,
) -> None:
    """Record what the measures say, and when they are looked at again."""
    found = _asked(Review, "the review", by=by, findings=findings, next_review_on=next_review)
    _answered(call_client(lambda client: client.review_sponsorship(account, found)), in_json)


@app.command("exit")
def exit_(account: Account, by: By, why: Why, in_json: Json = False) -> None:
    """End it: the exit criteria are met, or a proposal is declined."""
    leaving = _asked(Exit, "the exit", by=by, why=why)
    _answered(call_client(lambda client: client.exit_sponsorship(account, leaving)), in_json)


@app.command()
def show(account: Account, in_json: Json = False) -> None:
    """Show one account's sponsorship."""
    _answered(call_client(lambda client: client.sponsorship(account)), in_json)


@app.command("list")
def list_(in_json: Json = False) -> None:
    """List the accounts that are proposed or enrolled."""

    unanswered: list[Unanswered] = []

    async def ask(client: Any) -> list[Any]:
        return [line async for line in client.sponsorships(unanswered)]

    lines = call_client(ask)
    escalation.as_json(lines) if in_json else escalation.out.print(_listing(lines))
    require_all(unanswered)


def _listing(lines: list[Any]) -> Table | str:
    table = Table("account", "standing", "sponsor", "touch-point due", "review due", box=None, pad_edge=False)
    for line in lines:
        dues = (
            escalation.format_due(line.touch_due_at),
            escalation.format_due(line.review_due_at, in_year=True),
        )
        table.add_row(Text(line.account), line.standing, Text(line.sponsor), *dues)
    return table if lines else "no account is proposed or enrolled"


def _days(every: str) -> int:
    """Calendar days; what the terms allow of them, they say."""
    if every.strip().isdecimal():
        return int(every)
    found = parse_duration(every, "--every")
    if found.basis is not Basis.CALENDAR_DAYS or found.elapsed % timedelta(days=1):
        raise bad_option("--every", quote_input(every), "whole days, such as 30 or 30d")
    return found.elapsed.days


def _asked(kind: type[_Command], what: str, **given: Any) -> _Command:
    return read_options(kind, what, given)


def _named(account: str) -> str:
    try:
        return _NAME.validate_python(account)
    except ValidationError:
        raise bad_option("ACCOUNT", quote_input(account), "1 to 200 printable characters") from None


def _answered(programme: Sponsorship, in_json: bool) -> None:
    if in_json:
        escalation.as_json(programme)
        return
    terms = programme.terms
    facts = {
        "sponsor": f"{programme.sponsor.name} ({programme.sponsor.id})" if programme.sponsor else "",
        "why in": "; ".join(terms.entry_criteria) if terms else "",
        "duties": "; ".join(terms.duties) if terms else "",
        "measures": "; ".join(terms.measures) if terms else "",
        "exit when": "; ".join(terms.exit_criteria) if terms else "",
        "touch-point due": escalation.format_due(programme.touch_due_at).plain,
        "review due": escalation.format_due(programme.review_due_at, in_year=True).plain,
        "proposed": "; ".join(f"{each.text} ({each.by})" for each in programme.proposals),
        "touch-points": "; ".join(f"{each.at:%Y-%m-%d} {each.text}" for each in programme.touch_points),
        "reviews": "; ".join(f"{each.at:%Y-%m-%d} {each.text}" for each in programme.reviews),
        "not delivered": "; ".join(f"{each.at:%Y-%m-%d} {each.text}" for each in programme.undelivered),
        "ended": programme.exited.text if programme.exited else "",
    }
    escalation.out.print(Text(f"{programme.account} is {programme.standing}", style="bold"))
    grid = Table.grid(padding=(0, 2))
    for name, text in facts.items():
        if text:
            grid.add_row(Text(name, style="dim"), Text(text))
    escalation.out.print(grid)
