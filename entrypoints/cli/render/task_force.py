"""Task forces in a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from entrypoints.cli.render.escalation import format_due
from entrypoints.reason_text import say
from escalation.kernel.reasons import term
from escalation.task_force.state import TaskForceSummary
from escalation.task_force.view import SeatView, TaskForceAnswer, TaskForceView


def render_answer(answer: TaskForceAnswer) -> RenderableType:
    head = Text(f"{answer.key}, task force {answer.name}", style="bold")
    head.append(f" is {say(term(answer.state))}")
    return Group(head, *(Text(f"  {say(what)}") for what in answer.happened))


def render_task_force(view: TaskForceView) -> RenderableType:
    head = Text(f"{view.key}, task force {view.name}", style="bold")
    head.append(f"  {view.mission}\n{say(term(view.state))} · led by {view.lead}", style="")
    if view.status_due_at:
        status = format_due(view.status_due_at, is_over=view.is_status_missed)
        head.append(f" · status {'missed, was due' if view.is_status_missed else 'due'} {status}")
    elif view.status_not_before:
        head.append(f" · status due not before {format_due(view.status_not_before)}")
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column(overflow="fold")
    if view.technical_plan:
        facts.add_row("plan", Text(view.technical_plan))
    for seat in view.seats:
        facts.add_row(f"seat {seat.number}", Text(_seated(seat)))
    for each in view.tasks:
        due = f", due {format_due(each.due_at)}" if each.due_at else ""
        state = f"✓ by {each.done_by}" if each.done_by else "·"
        facts.add_row(f"task {each.number}", Text(f"{state} {each.what} ({each.owner}{due})"))
    return Group(head, facts)


def _seated(seat: SeatView) -> str:
    role = f"{seat.role}, {seat.skill}" if seat.skill else seat.role
    if seat.held_by:
        return f"{role}: {seat.held_by}"
    return f"{role}: offered to {seat.offered_to}" if seat.offered_to else f"{role}: vacant"


def render_task_forces(forces: tuple[TaskForceSummary, ...]) -> Table:
    table = Table("name", "state", "lead", "members", "open tasks", "latest report", box=None, pad_edge=False)
    for force in forces:
        state = Text(say(term(force.state))).append(
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
