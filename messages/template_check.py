"""
Check of all templates: each is read, and every message rendered, in every language and with facts of every shape.

Owns what counts as a fault, which somebody must fix before messages leave, and what as a warning. It must not know how
findings are shown.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from escalation.kernel.language_tag import language_tag
from escalation.notifications.notification import Occasion
from messages.catalogue import Finding, findings
from messages.catalogue import languages as catalogue_languages
from messages.examples import ANSWERED_BY_LINK, EXAMPLES, HOSTILE, LINK, PAGE, SHAPES, make_example
from messages.renderer import MessageRenderer, Notice, RenderedMessage, template_variables
from messages.templates import DIGEST, PARTS, SHIPPED, TemplateFault, is_language_folder

COMPLETE_LANGUAGES = frozenset({"en", "id", "tr"})
"""Languages that are shipped whole: a gap in one of these is a fault, in any other a warning."""
# Each alternative begins with a character, not with \b: the search can skip then, and takes a third of the time.
_LEFTOVER = re.compile(r"N(?<=\bN)one\b|Undefined|\{[{%#]|[%}]\}|d(?<=\bd)atetime\b|e(?<=\be)ngine\b(?!,)")
_WAYS_BUT_LINKS = ("telephone", "email")
_UNESCAPED = "<b onmouseover"
assert _UNESCAPED in HOSTILE
_MUST_SAY = {
    Occasion.CASE_RECEIVED: ("subject", "priority", "owner", "resolve_by"),
    Occasion.HAND_OVER: ("owner",),
    Occasion.CUSTOMER_QUESTION: ("text", "what_for", "answer_by"),
}
"""Facts that a template for customers must name on an occasion."""


def check_templates(overrides: Path | None = None) -> tuple[Finding, ...]:
    """
    Return all findings, each once, by file.

    Raises:
        TemplateFault: If *overrides* is no folder.
    """
    check = _Check(MessageRenderer(overrides))
    in_files = tuple(check.files())
    # One slip, one fault: that a message cannot be written says no more than what its file is at fault for.
    rendered = (
        each
        for each in check.messages()
        if "cannot be written" not in each.what or not any(file.file.endswith(each.file) for file in in_files)
    )
    words = findings(overrides, check.languages, COMPLETE_LANGUAGES)
    return tuple(sorted(dict.fromkeys((*in_files, *check.gaps(), *words, *rendered))))


def languages_of(renderer: MessageRenderer) -> tuple[str, ...]:
    templates = renderer.templates
    return tuple(
        sorted({*COMPLETE_LANGUAGES, *templates.languages, *catalogue_languages(templates.overrides)})
    )


def _names(audience: str) -> tuple[str, ...]:
    return (*(occasion.value for occasion in EXAMPLES[audience]), DIGEST)


class _Check:
    def __init__(self, renderer: MessageRenderer) -> None:
        self._renderer = renderer
        self._templates = renderer.templates
        self.languages = languages_of(renderer)

    def files(self) -> Iterator[Finding]:
        """Check each file by itself: its name, its syntax, and what it names."""
        for folder in self._templates.folders:
            for path in sorted(folder.glob("*/*/*.txt")):
                language, audience, name = path.parent.parent.name, path.parent.name, path.stem
                file = str(path.relative_to(folder) if folder == SHIPPED else path)
                if not is_language_folder(language):
                    what = f"no message is read from it{_named_as_a_tag(language)}"
                    yield Finding(str(path.parent.parent), what)
                elif audience not in EXAMPLES:
                    yield Finding(file, f"no audience is called {audience}; there are: {', '.join(EXAMPLES)}")
                elif name not in PARTS and name not in _names(audience):
                    yield Finding(file, f"there is no such message{_meant(name, audience)}")
                else:
                    yield from (Finding(file, what) for what in self._faults_in(path, language, audience))

    def _faults_in(self, path: Path, language: str, audience: str) -> Iterator[str]:
        try:
            environment = self._templates.world(audience, language, language).environment
            tree = environment.parse(path.read_text(encoding="utf-8"))
            named = meta.find_undeclared_variables(tree)
        except TemplateFault:
            return  # the words of the language cannot be read, which is a finding of its own
        except TemplateSyntaxError as fault:
            yield f"line {fault.lineno}: {fault.message}"
            return
        except (OSError, UnicodeDecodeError) as fault:
            yield f"cannot be read: {fault}"
            return
        known = template_variables(audience, path.stem)
        for name in sorted(named - known):
            yield f"names {name}, which is no fact of it; there are: {', '.join(sorted(known))}"
        for block in sorted(_blocks(tree) - _blocks_of_layout(environment)):
            yield f"has a block {block}, which its layout does not have"

    def gaps(self) -> Iterator[Finding]:
        """Find the templates that a language has not, so that English stands in."""
        for language in self.languages:
            for audience in EXAMPLES:
                for name in (*_names(audience), "layout"):
                    if not self._templates.has(language, audience, name):
                        file = f"{language}/{audience}/{name}.txt"
                        yield Finding(file, "is missing: English is used", language in COMPLETE_LANGUAGES)

    def messages(self) -> Iterator[Finding]:
        """Check every message in every language and shape, and a digest of all of them."""
        for language in filter(self._has_words, self.languages):
            for audience, occasions in EXAMPLES.items():
                for shape in SHAPES:
                    notices = [make_example(audience, each, shape, language=language) for each in occasions]
                    for notice in notices:
                        yield from self._faults_of(notice, shape)
                    yield from self._faults_of_digest(notices, shape, f"{language}/{audience}/{DIGEST}.txt")

    def _has_words(self, language: str) -> bool:
        try:
            self._templates.catalogue(language)
        except TemplateFault:
            return False  # a finding of its own
        return True

    def _faults_of(self, notice: Notice, shape: str) -> Iterator[Finding]:
        recipient = notice.to[0]
        file = f"{recipient.language}/{notice.audience}/{notice.occasion}.txt"
        link, page = ("", "") if shape == "short" else (LINK, PAGE)
        try:
            rendered = self._renderer.render(notice, recipient, link, page)
        except TemplateFault as fault:
            yield Finding(file, str(fault))
            return
        yield from _oddities(file, rendered, shape)
        if shape == "usual" and notice.audience == "customer" and notice.occasion in ANSWERED_BY_LINK:
            yield from self._unanswerable(file, notice)
        if shape == "usual":
            yield from self._unsaid(file, notice, f"{rendered.subject}\n{rendered.text}")

    def _unanswerable(self, file: str, notice: Notice) -> Iterator[Finding]:
        """Find a question that nothing can receive the answer of, where no link can be made (TALK-5)."""
        without_link = self._renderer.render(notice, notice.to[0])
        facts = self._renderer.facts(notice, notice.to[0])
        if not any(facts[way] in without_link.text for way in _WAYS_BUT_LINKS):
            yield Finding(file, "asks for an answer, and without a link shows no way to give it")

    def _faults_of_digest(self, notices: Sequence[Notice], shape: str, file: str) -> Iterator[Finding]:
        try:
            rendered = self._renderer.render_digest([(notice, notice.to[0]) for notice in notices])
        except TemplateFault as fault:
            if file in str(fault):  # else one of the messages cannot be written, which it says itself
                yield Finding(file, str(fault))
        else:
            yield from _oddities(file, rendered, shape)

    def _unsaid(self, file: str, notice: Notice, said: str) -> Iterator[Finding]:
        """Find what a message must say, whoever words it (COMM-1, COMM-3, COMM-4), and does not."""
        facts = self._renderer.facts(notice, notice.to[0])
        is_for_customers = notice.audience == "customer"
        names = (*_MUST_SAY.get(notice.occasion, ()), "next_update_at") if is_for_customers else ("key",)
        if is_for_customers and not any(facts[way] in said for way in _WAYS_BUT_LINKS):
            yield Finding(file, "shows no way to answer: name telephone or email, as the layout does")
        if is_for_customers and PAGE not in said:
            yield Finding(file, "does not show the customer's page: name page, as the layout does")
        for name in names:
            if facts[name] and str(facts[name]) not in said:
                yield Finding(file, f"does not say {name}, which its reader must know")
        if notice.occasion in ANSWERED_BY_LINK and LINK not in said:
            yield Finding(file, "does not show the link to answer by")


def _named_as_a_tag(folder: str) -> str:
    try:
        return f": call the folder {language_tag(folder).lower()}"
    except ValueError:
        return ": a folder is called by a language tag, such as tr or pt-br"


def _meant(name: str, audience: str) -> str:
    close = get_close_matches(name, _names(audience), n=1)
    return f"; did you mean {close[0]}.txt?" if close else ""


def _blocks(tree: nodes.Template) -> set[str]:
    return {block.name for block in tree.find_all(nodes.Block)} if tree.find(nodes.Extends) else set()


def _blocks_of_layout(environment: Environment) -> set[str]:
    try:
        return set(environment.get_template("layout.txt").blocks)
    except TemplateSyntaxError:
        return set()  # its own finding says so


def _oddities(file: str, rendered: RenderedMessage, shape: str) -> Iterator[Finding]:
    if _UNESCAPED in rendered.html:
        yield Finding(file, "its page puts text in as HTML: something is marked as safe that is not")
    if shape != "hostile":
        for leftover in sorted(set(_LEFTOVER.findall(f"{rendered.subject}\n{rendered.text}"))):
            yield Finding(file, f"shows {leftover!r} to its reader")
