"""An internal RCA written as Markdown, to be edited and filed again; `rca_reader` is its inverse."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC

from documents.markdown_lines import escape_markdown, split_lines
from documents.rca_sections import ACTION_FIELDS, SECTIONS, Kind, Section
from escalation.case.rca_content import CorrectiveAction, FiveWhys, InternalRca, RcaTimelineEntry


def write_rca(rca: InternalRca, key: str, *, hints: bool = False) -> str:
    """The whole file. *hints*: an empty section says in a comment what belongs there."""
    parts = [_front_matter(rca, key), f"# Root cause analysis of {key}"]
    for section in SECTIONS:
        body = "\n".join(_body(section, rca))
        said = body or (f"<!-- {section.hint} -->" if hints else "")
        parts.append(f"## {section.heading}\n\n{said}".rstrip())
    return "\n\n".join(parts) + "\n"


def _front_matter(rca: InternalRca, key: str) -> str:
    lines = ["---", f"escalation: {_quoted(key)}"]
    lines.append(f"problem_records: [{', '.join(map(_quoted, rca.problem_records))}]")
    links = [f"  - {{what: {_quoted(link.what)}, url: {_quoted(link.url)}}}" for link in rca.links]
    return "\n".join([*lines, "links:" if links else "links: []", *links, "---"])


def _quoted(text: str) -> str:
    """A text in YAML that is nothing but this text."""
    return json.dumps(str(text), ensure_ascii=False)


def _body(section: Section, rca: InternalRca) -> Iterator[str]:
    value = getattr(rca, section.field)
    match section.kind:
        case Kind.TEXT:
            yield from map(escape_markdown, split_lines(value or ""))
        case Kind.ITEMS:
            yield from _items(value)
        case Kind.MOMENTS:
            yield from _items(map(_moment, value))
        case Kind.CHAINS:
            yield from _apart(map(_chain, value))
        case Kind.ACTIONS:
            yield from _apart(map(_action, value))


def _items(texts: Iterable[str]) -> Iterator[str]:
    return (f"- {_indented(text)}" for text in texts)


def _indented(text: str, by: str = "  ") -> str:
    first, *more = split_lines(text) or [""]
    return "\n".join([first, *(f"{by}{line}" if line else "" for line in more)])


def _moment(moment: RcaTimelineEntry) -> str:
    at = moment.at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M}{f':{at:%S}' if at.second else ''}: {moment.what}"


def _chain(chain: FiveWhys) -> str:
    numbers = (f"{number}. " for number in range(1, len(chain.whys) + 1))
    whys = (
        f"{number}{_indented(why, ' ' * len(number))}"
        for number, why in zip(numbers, chain.whys, strict=True)
    )
    return "\n".join([f"### {_one_line(chain.problem)}", "", *whys])


def _action(action: CorrectiveAction) -> str:
    fields = ((name, getattr(action, field)) for name, field in ACTION_FIELDS.items())
    said = (f"- {name}: {_indented(value)}" for name, value in fields if value is not None)
    return "\n".join([f"### {_one_line(action.what)}", "", *said])


def _apart(blocks: Iterable[str]) -> Iterator[str]:
    return iter(["\n\n".join(blocks)])


def _one_line(text: str) -> str:
    return " ".join(str(text).split())
