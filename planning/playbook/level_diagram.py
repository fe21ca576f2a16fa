"""Levels of a category as a Mermaid diagram, from the table of ``matrix.py`` alone."""

from planning.playbook.matrix import CategoryTable, LevelRow


def draw_levels(table: CategoryTable) -> str:
    """Return a Mermaid flowchart: boxes are levels, arrows say after how long, or at which triggers."""
    lines = ["flowchart BT"]
    for level in table.levels:
        who = f"<br/>{_escape(', '.join(level.contacts))}"
        lines.append(f'    L{level.number}["Level {level.number}<br/><b>{_escape(level.name)}</b>{who}"]')
    for level in table.levels:
        for to_level, said in _ways_up(level).items():
            label = "<br/>".join(_escape(text) for text in said)
            lines.append(f'    L{level.number} -- "{label}" --> L{to_level}')
    lines.append(f'    threat(["executive threat"]) -.-> L{table.executive_level}')
    return "\n".join(lines) + "\n"


def _ways_up(level: LevelRow) -> dict[int, list[str]]:
    """Return each level that is reached from *level*, with the reasons."""
    ways: dict[int, list[str]] = {level.number + 1: [f"after {level.longest}"]} if level.longest else {}
    for trigger in level.triggers:
        ways.setdefault(trigger.to_level, []).append(trigger.says)
    return ways


def _escape(text: str) -> str:
    """Escape *text*, so that it means nothing to Mermaid, nor to the HTML that it makes."""
    codes = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
    return "".join(codes.get(letter, letter) for letter in " ".join(text.split()))
