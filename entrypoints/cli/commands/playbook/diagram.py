"""`escalate playbook diagram`: the ladder of a category, or the lifecycle."""

from typing import Annotated

from entrypoints.cli.client_call import configured_playbook
from entrypoints.cli.options import Category, IssueType, PlaybookFile, option

STANDARD_OUTPUT = "-"


def diagram(
    file: PlaybookFile = None,
    category: Category = None,
    issue_type: IssueType = None,
    svg: Annotated[
        str | None, option("--svg", "Draw it as SVG rather than Mermaid; - prints it.", "OUT")
    ] = None,
) -> None:
    """Draw a category's ladder, or without --category the lifecycle, as Mermaid or SVG."""
    from entrypoints.cli.option_values import print_or_write
    from escalation.case.lifecycle import diagram as lifecycle
    from escalation.kernel.reasons import reason
    from escalation.kernel.refusals import BadRequest, Fault
    from planning.mermaid import render_svg
    from planning.playbook.level_diagram import draw_levels
    from planning.playbook.loader import load_playbook
    from planning.playbook.matrix import category_tables_of

    if category is None:
        drawn, title = lifecycle(), "The lifecycle of an escalation"
    else:
        playbook = load_playbook(configured_playbook(file))
        table, *others = category_tables_of(playbook, issue_type, category)
        if others:
            allowed = ", ".join(each.issue_type for each in (table, *others))
            fault = Fault(where="--issue-type", given="nothing", allowed=f"the one you mean: {allowed}")
            raise BadRequest.because(reason("of.drawing"), (fault,))
        drawn, title = draw_levels(table), f"{table.name} ({playbook.name} {playbook.version})"
    print_or_write(svg or STANDARD_OUTPUT, render_svg(drawn, title) if svg else drawn, "the picture")
