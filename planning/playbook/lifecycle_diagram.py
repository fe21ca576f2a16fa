"""
The lifecycle as an SVG picture, from the table of ``escalation/case/lifecycle.py``; as Mermaid that file draws it
itself.

The states stand in a row in their order: moves forward above it, moves back below. A move that every open state
allows leaves the frame around them.
"""

from collections.abc import Iterator
from html import escape
from textwrap import wrap

from escalation.case.lifecycle import LIFECYCLE, OPEN, State

_ROW = tuple(state for state in State if state is not State.CANCELLED)
_BOX, _HIGH, _GAP, _LEFT, _MIDDLE = 136, 46, 112, 44, 170
_FRAME = (_MIDDLE - 140, _MIDDLE + 140)
_BELOW = _FRAME[1] + 70
_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:#1f2937;"
    "text-anchor:middle;font-size:13px}.state{font-weight:600;font-size:15px}.box{fill:#f9fafb;stroke:#4b5563}"
    ".end{fill:#e5e7eb;stroke:#4b5563}.frame{fill:none;stroke:#9ca3af;stroke-dasharray:5 5}"
    ".way{stroke:#4b5563;stroke-width:1.5;fill:none}"
)
_HEAD = (
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L10 5L0 10z" fill="#4b5563"/></marker></defs>'
)


def draw_lifecycle() -> str:
    width = 2 * _LEFT + len(_ROW) * _BOX + (len(_ROW) - 1) * _GAP
    height = _BELOW + _HIGH + 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="The lifecycle of an escalation">\n<style>{_STYLE}</style>\n{_HEAD}\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(_drawn()) + "\n</svg>\n"
    )


def _drawn() -> Iterator[str]:
    yield from _cancelled()
    yield f'<circle cx="{_LEFT - 22}" cy="{_MIDDLE}" r="6" fill="#4b5563"/>'
    yield f'<path class="way" d="M{_LEFT - 16} {_MIDDLE}H{_LEFT - 3}" marker-end="url(#head)"/>'
    for (source, target), moves in _moves().items():
        yield from _way(_ROW.index(source), _ROW.index(target), moves)
    for place, state in enumerate(_ROW):
        yield from _box(_x(place), _MIDDLE - _HIGH // 2, state)


def _moves() -> dict[tuple[State, State], list[str]]:
    """The moves from one state of the row to another."""
    found: dict[tuple[State, State], list[str]] = {}
    for row in LIFECYCLE:
        for source in row.sources:
            if row.target and row.target is not State.CANCELLED:
                found.setdefault((State(source), State(row.target)), []).append(row.move.words)
    return found


def _cancelled() -> Iterator[str]:
    left, right = _x(0) - 12, _x(len(OPEN) - 1) + _BOX + 12
    middle = (left + right) // 2
    (words,) = (row.move.words for row in LIFECYCLE if row.target is State.CANCELLED)
    top, bottom = _FRAME
    yield f'<rect class="frame" x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="14"/>'
    yield f'<path class="way" d="M{middle} {bottom}V{_BELOW - 3}" marker-end="url(#head)"/>'
    yield f'<text x="{middle + 34}" y="{(bottom + _BELOW) // 2 + 4}">{words}</text>'
    yield from _box(middle - _BOX // 2, _BELOW, State.CANCELLED)


def _x(place: int) -> int:
    return _LEFT + place * (_BOX + _GAP)


def _box(x: int, y: int, state: State) -> Iterator[str]:
    kind = "box" if state in OPEN else "end"
    yield f'<rect class="{kind}" x="{x}" y="{y}" width="{_BOX}" height="{_HIGH}" rx="9"/>'
    yield f'<text class="state" x="{x + _BOX // 2}" y="{y + _HIGH // 2 + 5}">{state}</text>'


def _way(source: int, target: int, moves: list[str]) -> Iterator[str]:
    if target == source + 1:
        start, end = _x(source) + _BOX, _x(target)
        yield f'<path class="way" d="M{start} {_MIDDLE}H{end - 3}" marker-end="url(#head)"/>'
        yield from _label((start + end) // 2 - 4, _MIDDLE - 9, moves)
        return
    up = -1 if target > source else 1
    edge, bend = _MIDDLE + up * _HIGH // 2, _MIDDLE + up * (20 + 60 * abs(target - source) if up > 0 else 110)
    start = _x(source) + _BOX // 2 + 10 * (1 if target > source else -1)
    end = _x(target) + _BOX // 2 + 14 * (target - source) * up
    yield (
        f'<path class="way" d="M{start} {edge}C{start} {bend} {end} {bend} {end} {edge + 3 * up}"'
        ' marker-end="url(#head)"/>'
    )
    top = edge + (bend - edge) * 3 // 4
    yield from _label((start + end) // 2, top - (8 if up < 0 else 14), moves, narrow=False)


def _label(x: int, y: int, moves: list[str], *, narrow: bool = True) -> Iterator[str]:
    lines = wrap(", ".join(moves), 14 if narrow else 40)
    first = y - 15 * (len(lines) - 1)
    for number, line in enumerate(lines):
        yield f'<text x="{x}" y="{first + 15 * number}">{escape(line)}</text>'
