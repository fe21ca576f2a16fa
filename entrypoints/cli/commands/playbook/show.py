"""`escalate playbook show`: the matrix of a playbook."""

from typing import Annotated

from entrypoints.cli.client_call import configured_playbook
from entrypoints.cli.options import Category, IssueType, Json, PlaybookFile, option


def show(
    file: PlaybookFile = None,
    category: Category = None,
    issue_type: IssueType = None,
    html: Annotated[
        str | None, option("--html", "Write a page to look at and to print; - prints it.", "OUT")
    ] = None,
    in_json: Json = False,
) -> None:
    """Show the matrix: for each category its levels, windows, responses and triggers; and the priorities."""
    from rich.text import Text

    from entrypoints.cli.option_values import print_or_write
    from entrypoints.cli.render.matrix_page import make_matrix_page
    from entrypoints.cli.render.matrix_table import matrix, render_priorities
    from entrypoints.terminal import as_json, out
    from planning.playbook.loader import load_playbook
    from planning.playbook.matrix import category_tables_of, matrix_as_data, priority_rows_of

    playbook = load_playbook(configured_playbook(file))
    chosen, rows = category_tables_of(playbook, issue_type, category), priority_rows_of(playbook)
    if html:
        print_or_write(html, make_matrix_page(playbook, chosen, rows), "the page")
    elif in_json:
        as_json({"categories": matrix_as_data(tuple(chosen)), "priorities": matrix_as_data(tuple(rows))})
    else:
        out.print(Text(f"{playbook.name} {playbook.version}", style="bold"))
        out.print(matrix(chosen), soft_wrap=False)
        out.print(render_priorities(rows), soft_wrap=False)
