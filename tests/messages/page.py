"""
A page of HTML as a mail program would take it in.
"""

from html.parser import HTMLParser

_EMPTY = frozenset({"meta", "br", "img", "hr", "link"})


class Page(HTMLParser):
    """The visible text of a page, its tags and their attributes, and the tags that were not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str | None] = []
        self.unclosed: list[str] = []
        self._said: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return "".join(self._said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name == "href"]
        if tag == "br":
            self._said.append("\n")
        if tag not in _EMPTY:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.unclosed:
            self._said.append(data)
