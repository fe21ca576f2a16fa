"""Sponsorships in a terminal."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from entrypoints.cli.render.escalation import format_due
from entrypoints.reason_text import say
from escalation.sponsorship.state import Sponsorship


def render_sponsorships(lines: list[Any]) -> Table | str:
    table = Table("account", "standing", "sponsor", "touch-point due", "review due", box=None, pad_edge=False)
    for line in lines:
        dues = (
            format_due(line.touch_due_at),
            format_due(line.review_due_at, in_year=True),
        )
        table.add_row(Text(line.account), line.standing, Text(line.sponsor), *dues)
    return table if lines else "no account is proposed or enrolled"


def render_sponsorship(programme: Sponsorship) -> Group:
    terms = programme.terms
    facts = {
        "sponsor": f"{programme.sponsor.name} ({programme.sponsor.id})" if programme.sponsor else "",
        "why in": "; ".join(terms.entry_criteria) if terms else "",
        "duties": "; ".join(terms.duties) if terms else "",
        "measures": "; ".join(terms.measures) if terms else "",
        "exit when": "; ".join(terms.exit_criteria) if terms else "",
        "touch-point due": format_due(programme.touch_due_at).plain,
        "review due": format_due(programme.review_due_at, in_year=True).plain,
        "proposed": "; ".join(f"{each.text} ({each.by})" for each in programme.proposals),
        "touch-points": "; ".join(f"{each.at:%Y-%m-%d} {each.text}" for each in programme.touch_points),
        "reviews": "; ".join(f"{each.at:%Y-%m-%d} {each.text}" for each in programme.reviews),
        "not delivered": "; ".join(f"{each.at:%Y-%m-%d} {each.text}" for each in programme.undelivered),
        "ended": programme.exited.text if programme.exited else "",
    }
    head = Text(f"{programme.account} is {programme.standing}", style="bold")
    grid = Table.grid(padding=(0, 2))
    for name, text in facts.items():
        if text:
            grid.add_row(Text(name, style="dim"), Text(say(text)))
    return Group(head, grid)
