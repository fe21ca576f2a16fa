"""
A category's ladder as a picture: Mermaid for documents, SVG for everything else.

From the table of ``matrix.py`` alone. The SVG is plain shapes and text: no script, no font, nothing to load.
"""

from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap

from escalation.kernel.characters import clip
from planning.playbook.matrix import CategoryTable, LevelRow

_LEFT, _TOP, _WIDTH, _BOX, _LINE = 40, 96, 480, 58, 19
_ARROW, _TEXT = 84, 106
_LETTERS_A_LINE, _LETTERS_A_TITLE, _TITLE_LINE = 60, 50, 24
_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:#1f2937;"
    "font-size:14px}.title{font-size:18px;font-weight:700}.quiet{fill:#6b7280;font-size:13px}.name{font-weight:600;"
    "font-size:15px}.number{font-size:22px;font-weight:700}.after{font-weight:600;font-size:13px}.says{font-size:13px}"
    ".jump{fill:#9a3412;font-size:13px;font-weight:600}.box{fill:#f9fafb;stroke:#9ca3af}.last{fill:#fff7ed;"
    "stroke:#9a3412}.way{stroke:#4b5563;stroke-width:1.5;fill:none}.leap{stroke:#9a3412;stroke-width:1.5;fill:none}"
)


def draw_mermaid(table: CategoryTable) -> str:
    """A Mermaid flowchart: boxes are levels, arrows say after how long, or at which triggers."""
    lines = ["flowchart BT"]
    for level in table.levels:
        who = f"<br/>{_plain(', '.join(level.contacts))}"
        lines.append(f'    L{level.number}["Level {level.number}<br/><b>{_plain(level.name)}</b>{who}"]')
    for level in table.levels:
        for to_level, said in _ways_up(level).items():
            label = "<br/>".join(_plain(text) for text in said)
            lines.append(f'    L{level.number} -- "{label}" --> L{to_level}')
    lines.append(f'    threat(["executive threat"]) -.-> L{table.executive_level}')
    return "\n".join(lines) + "\n"


def _ways_up(level: LevelRow) -> dict[int, list[str]]:
    """Level to the reasons for which it is reached from *level*."""
    ways: dict[int, list[str]] = {level.number + 1: [f"after {level.longest}"]} if level.longest else {}
    for trigger in level.triggers:
        ways.setdefault(trigger.to_level, []).append(trigger.says)
    return ways


def _plain(text: str) -> str:
    """Text that means nothing to Mermaid, nor to the HTML that it makes."""
    codes = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
    return "".join(codes.get(letter, letter) for letter in " ".join(text.split()))


def draw_svg(table: CategoryTable, playbook: str) -> str:
    """The ladder as an SVG document, the last level at the top."""
    tops, height = _tops(table.levels, _TOP + _TITLE_LINE * (len(_title(table)) - 1))
    leaps = sum(trigger.to_level != level.number + 1 for level in table.levels for trigger in level.triggers)
    width = _LEFT * 2 + _WIDTH + 22 * leaps
    body = "\n".join(_drawn(table, playbook, tops))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="{escape(table.name)}">\n<style>{_STYLE}</style>\n{_HEADS}\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n{body}\n</svg>\n'
    )


_HEADS = "<defs>" + "".join(
    f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
    f'<path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
    for name, colour in (("up", "#4b5563"), ("leap", "#9a3412"))
) + "</defs>"  # fmt: skip


def _title(table: CategoryTable) -> list[str]:
    return wrap(table.name, _LETTERS_A_TITLE)


def _tops(levels: Sequence[LevelRow], y: int) -> tuple[dict[int, int], int]:
    """Where each level's box begins, and how high the whole is."""
    tops = {}
    for level in reversed(levels):
        y += _gap(level) if level is not levels[-1] else 0
        tops[level.number] = y
        y += _BOX
    return tops, y + 32


def _gap(level: LevelRow) -> int:
    return 30 + _LINE * len(_reasons(level))


def _reasons(level: LevelRow) -> list[tuple[str, str]]:
    """What stands beside the arrow that leaves *level*: class and line."""
    lines = [("after", f"after {level.longest}, or at once:" if level.triggers else f"after {level.longest}")]
    for trigger in level.triggers:
        is_leap = trigger.to_level != level.number + 1
        text = f"{trigger.says} → level {trigger.to_level}" if is_leap else trigger.says
        first, *more = wrap(text, _LETTERS_A_LINE)
        kind = "jump" if is_leap else "says"
        lines += [(kind, f"• {first}"), *((kind, f"   {line}") for line in more)]
    return lines


def _drawn(table: CategoryTable, playbook: str, tops: dict[int, int]) -> Iterator[str]:
    for number, line in enumerate(_title(table)):
        yield _text(_LEFT, 40 + _TITLE_LINE * number, line, "title")
    below = 64 + _TITLE_LINE * (len(_title(table)) - 1)
    yield _text(_LEFT, below, f"{table.issue_type_name} · {playbook}", "quiet")
    for level in table.levels:
        yield from _box(level, tops[level.number], table)
        if level is not table.levels[-1]:
            yield from _arrow(level, tops)
    yield from _leaps(table.levels, tops)


def _box(level: LevelRow, y: int, table: CategoryTable) -> Iterator[str]:
    kind = "last" if level is table.levels[-1] else "box"
    yield f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{_WIDTH}" height="{_BOX}" rx="8"/>'
    yield _text(_LEFT + 26, y + 37, str(level.number), "number", "middle")
    yield _text(_LEFT + 54, y + 25, _short(level.name, 50), "name")
    takes_threats = level.number == table.executive_level
    yield _text(_LEFT + 54, y + 45, _short(", ".join(level.contacts), 28 if takes_threats else 58), "quiet")
    if takes_threats:
        yield _text(_LEFT + _WIDTH - 12, y + 45, "executive threats come here", "jump", "end")


def _arrow(level: LevelRow, tops: dict[int, int]) -> Iterator[str]:
    y, end = tops[level.number], tops[level.number + 1] + _BOX
    yield f'<path class="way" d="M{_ARROW} {y}V{end + 3}" marker-end="url(#up)"/>'
    for number, (kind, line) in enumerate(_reasons(level)):
        yield _text(_TEXT, end + 25 + _LINE * number, line, kind)


def _leaps(levels: Sequence[LevelRow], tops: dict[int, int]) -> Iterator[str]:
    x = _LEFT + _WIDTH
    for level in levels:
        for trigger in level.triggers:
            if trigger.to_level != level.number + 1:
                x += 22
                start, end = tops[level.number] + _BOX // 2, tops[trigger.to_level] + _BOX // 2
                way = f"M{_LEFT + _WIDTH} {start}H{x}V{end}H{_LEFT + _WIDTH + 3}"
                yield f'<path class="leap" d="{way}" marker-end="url(#leap)"/>'


def _short(text: str, letters: int) -> str:
    return clip(text, letters)


def _text(x: int, y: int, said: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(said)}</text>'
