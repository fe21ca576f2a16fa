"""Forms of pages: how each HTML of ours is made of its template, with every text escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def html_forms(folder: Path) -> Environment:
    """Return the templates in *folder*. A value that a template has not been given is a fault, and no gap."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
