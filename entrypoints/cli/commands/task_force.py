"""
``escalate task-force``: deploy task forces, look at them, fill their seats, report, keep tasks, stand down.

What a move means, and who may make it, the rules say.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from entrypoints.cli import option_values
from entrypoints.cli.client_call import By, Clocks, Json, Key, Note, Why, call_client, make_move
from entrypoints.cli.command_names import command_for, name_options, read_options
from entrypoints.cli.option_values import OptionValues, bad_option
from entrypoints.cli.render import escalation
from escalation.case import commands as c
from escalation.kernel.refusals import Fault, quote_input
from escalation.kernel.values import to_plain
from escalation.policy.plan import Basis
from escalation.task_force import commands as f
from escalation.task_force.state import TaskForceSummary
from escalation.task_force.timeline import CLOCKWORK
from escalation.task_force.view import SeatView, TaskForceAnswer, TaskForceView

if TYPE_CHECKING:
    from client import EscalationClient
    from escalation.kernel.timeline_entry import TimelineEntry

app = typer.Typer(
    no_args_is_help=True, help="Task forces: deploy, fill seats, report, keep tasks, stand down."
)
task = typer.Typer(no_args_is_help=True, help="Tasks of a task force.")
app.add_typer(task, name="task")


Name = Annotated[str, typer.Argument(metavar="NAME", help="The task force's name.", show_default=False)]


@app.command()
def deploy(
    key: Key,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Its name, such as data-recovery.", show_default=False)
    ],
    by: By,
    mission: Annotated[str, typer.Option("--mission", help="What it is to achieve.")],
    lead: Annotated[str, typer.Option("--lead", metavar="PERSON", help="Who leads it, and reports.")],
    seat: Annotated[
        list[str] | None,
        typer.Option(
            "--seat",
            metavar="ROLE[/SKILL][=PERSON,PERSON]",
            help="A seat, offered to whoever has the role or skill, or to those named; repeat for more.",
        ),
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="The technical plan.")] = None,
    status_every: Annotated[
        str | None,
        typer.Option("--status-every", metavar="SPAN", help="How often its lead reports, such as 2h."),
    ] = None,
    in_json: Json = False,
) -> None:
    """Deploy a task force; each seat is offered until somebody accepts."""
    options = OptionValues()
    reports_every = options.read(None, _span, status_every)
    make_move(
        key,
        c.DeployTaskForce,
        in_json,
        options.faults,
        by=by,
        name=name,
        mission=mission,
        lead=lead,
        seats=tuple(_seat(text) for text in seat or ()),
        technical_plan=plan,
        status_every=reports_every,
    )


@app.command()
def show(key: Key, name: Name, clocks: Clocks = False, in_json: Json = False) -> None:
    """Show one task force: seats, tasks, reports, timeline."""

    async def ask(client: "EscalationClient") -> tuple[TaskForceView, tuple["TimelineEntry", ...]]:
        return await client.task_force(key, name), await client.task_force_timeline(key, name)

    view, entries = call_client(ask)
    if in_json:
        escalation.as_json({**to_plain(view), "timeline": entries})
    else:
        escalation.out.print(
            Group(_whole(view), escalation.story(entries, clocks=clocks, clockwork=CLOCKWORK))
        )


@app.command("list")
def list_(key: Key, in_json: Json = False) -> None:
    """List an escalation's task forces, as it has last heard of them."""
    forces = call_client(lambda client: client.view(key)).task_forces
    if in_json:
        escalation.as_json([to_plain(force) for force in forces])
    elif forces:
        escalation.out.print(_listing(forces))
    else:
        escalation.out.print(Text(f"{key} has no task force"))


@app.command()
def accept(key: Key, name: Name, by: By, note: Note = "", in_json: Json = False) -> None:
    """Accept the seat that is on offer to you."""
    _move(key, name, f.AcceptSeat, in_json, by=by, note=note)


@app.command()
def decline(key: Key, name: Name, by: By, why: Why = "", in_json: Json = False) -> None:
    """Decline the seat that is on offer to you; the next one is asked."""
    _move(key, name, f.DeclineSeat, in_json, by=by, why=why)


@app.command()
def leave(key: Key, name: Name, by: By, why: Why = "", in_json: Json = False) -> None:
    """Give up your seat; the next one is asked, and your open tasks pass to the lead."""
    _move(key, name, f.LeaveSeat, in_json, by=by, why=why)


@app.command()
def offer(
    key: Key,
    name: Name,
    seat: Annotated[
        str, typer.Argument(metavar="SEAT", help="Its number, as `show` has it.", show_default=False)
    ],
    by: By,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="PERSON", help="To whom; else its candidates are asked anew."),
    ] = None,
    in_json: Json = False,
) -> None:
    """Offer a vacant seat again; as the lead, or as who deployed it."""
    _move(key, name, f.OfferSeat, in_json, by=by, seat=seat, to=to)


@app.command()
def report(
    key: Key,
    name: Name,
    by: By,
    text: Annotated[str, typer.Option("--text", help="What is known, and what comes next.")],
    update: Annotated[
        bool, typer.Option("--update", help="Tell everybody who follows the escalation, too.")
    ] = False,
    in_json: Json = False,
) -> None:
    """Report how it stands; as its lead."""
    _move(key, name, f.ReportStatus, in_json, by=by, text=text, is_update=update)


@task.command("add")
def add(
    key: Key,
    name: Name,
    what: Annotated[str, typer.Argument(metavar="WHAT", show_default=False)],
    by: By,
    owner: Annotated[str, typer.Option("--owner", metavar="PERSON", help="The member who does it.")],
    due: Annotated[
        str | None, typer.Option("--due", metavar="INSTANT", help="Such as 2030-01-31T12:00.")
    ] = None,
    tz: Annotated[str, typer.Option("--tz", help="Whose time --due is.")] = "UTC",
    in_json: Json = False,
) -> None:
    """Give a member something to do."""
    options = OptionValues()
    due_at = options.instant(due, options.zone(tz), "--due")
    _move(key, name, f.AddTask, in_json, options.faults, by=by, what=what, owner=owner, due_at=due_at)


@task.command("done")
def done(
    key: Key,
    name: Name,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `show` has it.", show_default=False)],
    by: By,
    note: Note = "",
    in_json: Json = False,
) -> None:
    """A task is done."""
    _move(key, name, f.FinishTask, in_json, by=by, task=number, note=note)


@app.command("stand-down")
def stand_down(
    key: Key,
    name: Name,
    by: By,
    why: Annotated[str, typer.Option("--why", help="The reason, for our own people.")],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="PERSON", help="Who goes on with open tasks; else they are listed."),
    ] = None,
    in_json: Json = False,
) -> None:
    """Stand it down: its work is done, or it is not needed any more."""
    make_move(key, c.StandDownTaskForce, in_json, by=by, name=name, why=why, hand_over_to=to)


# What was typed


def _move(
    key: str,
    name: str,
    move: type[f.MembersCommand],
    in_json: bool,
    faults: Iterable[Fault] = (),
    **given: Any,
) -> None:
    command = read_options(move, command_for(move.move), given, faults)
    with name_options():
        answer = call_client(lambda client: client.ask_task_force(key, name, command))
    escalation.as_json(answer) if in_json else escalation.out.print(_answered(answer))


def _seat(text: str) -> dict[str, Any]:
    """``specialist/database=hannah,tom``"""
    wanted, _, people = text.partition("=")
    role, _, skill = wanted.partition("/")
    names = [person.strip() for person in people.split(",") if person.strip()]
    return {"role": role.strip(), "skill": skill.strip() or None, "people": names}


def _span(text: str | None) -> timedelta | None:
    if text is None:
        return None
    span = option_values.parse_duration(text, "--status-every")
    if span.basis is not Basis.PRIORITY:
        allowed = "minutes and hours, such as 4 h: they count what the priority counts"
        raise bad_option("--status-every", quote_input(text), allowed)
    return span.elapsed


# What is shown


def _answered(answer: TaskForceAnswer) -> RenderableType:
    head = Text(f"{answer.key}, task force {answer.name}", style="bold")
    head.append(f" is {answer.state.words}")
    return Group(head, *(Text(f"  {sentence}") for sentence in answer.happened))


def _whole(view: TaskForceView) -> RenderableType:
    head = Text(f"{view.key}, task force {view.name}", style="bold")
    head.append(f"  {view.mission}\n{view.state.words} · led by {view.lead}", style="")
    if view.status_due_at:
        status = escalation.format_due(view.status_due_at, is_over=view.is_status_missed)
        head.append(f" · status {'missed, was due' if view.is_status_missed else 'due'} {status}")
    elif view.status_not_before:
        head.append(f" · status due not before {escalation.format_due(view.status_not_before)}")
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column(overflow="fold")
    if view.technical_plan:
        facts.add_row("plan", Text(view.technical_plan))
    for seat in view.seats:
        facts.add_row(f"seat {seat.number}", Text(_seated(seat)))
    for each in view.tasks:
        due = f", due {escalation.format_due(each.due_at)}" if each.due_at else ""
        state = f"✓ by {each.done_by}" if each.done_by else "·"
        facts.add_row(f"task {each.number}", Text(f"{state} {each.what} ({each.owner}{due})"))
    return Group(head, facts)


def _seated(seat: SeatView) -> str:
    role = f"{seat.role}, {seat.skill}" if seat.skill else seat.role
    if seat.held_by:
        return f"{role}: {seat.held_by}"
    return f"{role}: offered to {seat.offered_to}" if seat.offered_to else f"{role}: vacant"


def _listing(forces: tuple[TaskForceSummary, ...]) -> Table:
    table = Table("name", "state", "lead", "members", "open tasks", "latest report", box=None, pad_edge=False)
    for force in forces:
        state = Text(force.state.words).append(
            " status missed" if force.is_status_missed else "", style="red"
        )
        latest = " ".join(force.latest.text.split()) if force.latest else ""
        members = ", ".join(force.members)
        table.add_row(
            Text(force.name, style="bold"),
            state,
            Text(force.lead),
            Text(members),
            Text(str(len(force.open_tasks))),
            Text(latest),
        )
    return table
