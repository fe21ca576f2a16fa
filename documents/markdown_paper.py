"""A paper as Markdown: what is on it, for systems that keep texts."""

from collections.abc import Iterator

from documents.markdown_lines import escape_markdown
from documents.rca_paper import Paper, Part


def as_markdown(paper: Paper) -> str:
    """Return *paper* as Markdown (CommonMark, with tables as GitHub writes them)."""
    facts = [f"- {_line(label)}: {_line(value)}" for label, value in paper.facts]
    head = [f"# {_line(paper.title)}: {_line(paper.subject)}", _line(paper.banner), "\n".join(facts)]
    parts = (block for part in paper.parts for block in (f"## {_line(part.heading)}", _body(part)))
    return "\n\n".join(filter(None, (*head, *parts))) + "\n"


def _body(part: Part) -> str:
    match part.kind:
        case "text":
            return "\n\n".join(_line(text) for (text,) in part.rows)
        case "table":
            head, *rows = part.rows
            return "\n".join(_row(each) for each in (head, ("---",) * len(head), *rows))
        case "links":
            return "\n".join(f"- {_line(what)}: <{url}>" for what, url in part.rows)
        case _:
            return "\n".join(_items(part))


def _items(part: Part) -> Iterator[str]:
    for row in part.rows:
        yield f"- {' ← '.join(map(_line, row))}"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_line(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _line(text: str) -> str:
    return escape_markdown(" ".join(text.split()))
