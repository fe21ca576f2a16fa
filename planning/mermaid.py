"""
Mermaid diagrams as SVG pictures, drawn in this process: no browser, and nothing is fetched.

Mermaid is the one form of our diagrams: documents contain it as text. Knows no level and no state.
"""

import json


def render_svg(diagram: str, title: str) -> str:
    """Return *diagram*, a text in Mermaid, as an SVG document with a *title*."""
    import mermaidx  # noqa: PLC0415 - slow to import, and only needed for pictures

    shown_title = title.translate({ord("<"): "‹", ord(">"): "›"})  # Mermaid escapes a title twice
    head = f"---\ntitle: {json.dumps(shown_title, ensure_ascii=False)}\nconfig: {{theme: neutral}}\n---\n"
    return str(mermaidx.render(head + diagram).svg())
