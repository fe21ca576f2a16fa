"""
Measures of the house: sizes, explanations, names and shortcuts, each with the limit that must hold now and its aim.

`python -m tests.house` prints all figures, `--list NAME` the places behind one, `--json` everything for programs,
`--brief` what `make check` shows. It ends with 1 where a figure is worse than its limit now.
Whoever makes a figure better lowers its limit in `LIMITS`; where the aim is reached, both are the same.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from tests.house.limits import LIMITS, Limit
from tests.house.measures import MEASURES
from tests.house.source import House, Places, read_house


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    places: Places

    @property
    def limit(self) -> Limit:
        return LIMITS[self.name]

    @property
    def verdict(self) -> str:
        if not self.limit.is_kept_by(self.value):
            return "WORSE"
        return "reached" if self.limit.is_reached_by(self.value) else "not yet"


def figures(house: House) -> tuple[Figure, ...]:
    found = ((name, measure(house)) for name, measure in MEASURES.items())
    return tuple(
        Figure(name, len(value), value) if isinstance(value, list) else Figure(name, value, [])
        for name, value in found
    )


def table(shown: Iterable[Figure]) -> str:
    rows = [f"{'':<48}{'today':>8}{'limit':>8}{'aim':>8}"]
    rows += [
        f"{each.name:<48}{each.value:>8g}{each.limit.now:>8g}{each.limit.aim:>8g}  {each.verdict}"
        for each in shown
    ]
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.house", description=__doc__)
    parser.add_argument(
        "--brief", action="store_true", help="show one line, and what is worse than its limit"
    )
    parser.add_argument("--json", action="store_true", help="print all figures and their places as JSON")
    parser.add_argument(
        "--list", metavar="NAME", help="list the places of the figures whose names contain NAME"
    )
    options = parser.parse_args()
    found = figures(read_house())
    worse = [each for each in found if each.verdict == "WORSE"]
    if options.json:
        print(json.dumps([as_json(each) for each in found], indent=2))
    elif options.list:
        print(*(place for each in found if options.list in each.name for place in each.places), sep="\n")
    elif options.brief:
        reached = sum(each.verdict == "reached" for each in found)
        print(f"The house: {reached} of {len(found)} aims reached; `python -m tests.house` shows all.")
    else:
        print(table(found))
    for each in worse:
        print(
            f"{each.name}: {each.value:g}, and the limit now is {each.limit.now:g}",
            *each.places,
            sep="\n  ",
            file=sys.stderr,
        )
    return bool(worse)


def as_json(figure: Figure) -> dict[str, object]:
    return {**vars(figure), **vars(figure.limit), "verdict": figure.verdict}


if __name__ == "__main__":
    sys.exit(main())
