"""
What can be kept of the demo: its letters on one page, each as a mail client would show it.
"""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from channels.loopback import ReceivedLetter


def keep_letters(letters: Iterable[ReceivedLetter], folder: Path) -> None:
    """
    Write ``letters.html`` into *folder*, and every attachment beside it; of several that have one name, the last.
    """
    kept = list(letters)
    forms = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    page = forms.get_template("letters.html").render(letters=kept)
    (folder / "letters.html").write_text(page, encoding="utf-8")
    for letter in kept:
        for name, content in letter.attachments.items():
            (folder / name).write_bytes(content)
