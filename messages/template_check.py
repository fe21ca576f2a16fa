"""
Every template read and every message rendered: what is missing, broken or left in another language.

Owns what counts as a fault, which somebody must mend before messages leave, and what as a warning. It must not know
how findings are shown.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from escalation.kernel.language_tag import language_tag
from escalation.policy.people import Recipient
from messages.catalogue import Finding, findings
from messages.catalogue import languages as catalogue_languages
from messages.examples import ANSWERED_BY_LINK, EXAMPLES, HOSTILE, LINK, SHAPES, make_example
from messages.renderer import MessageRenderer, Notice, RenderedMessage, template_variables
from messages.templates import DIGEST, PARTS, SHIPPED, TemplateFault, is_language_folder

COMPLETE_LANGUAGES = frozenset({"en", "id", "tr"})
"""Languages that are shipped whole: a gap in one of these is a fault, in any other a warning."""
_LEFTOVER = re.compile(r"\bNone\b|Undefined|\{\{|\}\}|\{%|%\}|\{#|\bdatetime\b|\bengine\b(?!,)")
_UNESCAPED = "<b onmouseover"
assert _UNESCAPED in HOSTILE


def check_templates(overrides: Path | None = None) -> tuple[Finding, ...]:
    """
    All findings, each once, by file.

    Raises:
        TemplateFault: If *overrides* is no folder.
    """
    texts = MessageRenderer(overrides)
    read = tuple(_read(texts))
    rendered = (each for each in _rendered(texts) if not _is_told(each, read))
    words = findings(overrides, languages_of(texts), COMPLETE_LANGUAGES)
    return tuple(sorted(dict.fromkeys((*read, *_gaps(texts), *words, *rendered))))


def _is_told(finding: Finding, read: Iterable[Finding]) -> bool:
    """One slip, one fault: that a message cannot be written says no more than what its file is at fault for."""
    return "cannot be written" in finding.what and any(each.file.endswith(finding.file) for each in read)


def languages_of(texts: MessageRenderer) -> tuple[str, ...]:
    return tuple(
        sorted(
            {*COMPLETE_LANGUAGES, *texts.templates.languages, *catalogue_languages(texts.templates.overrides)}
        )
    )


def _names(audience: str) -> tuple[str, ...]:
    return (*(occasion.value for occasion in EXAMPLES[audience]), DIGEST)


def _read(texts: MessageRenderer) -> Iterator[Finding]:
    """Each file by itself: its name, its syntax, and what it names."""
    for folder in texts.templates.folders:
        for path in sorted(folder.glob("*/*/*.txt")):
            language, audience, name = path.parent.parent.name, path.parent.name, path.stem
            file = str(path.relative_to(folder) if folder == SHIPPED else path)
            if not is_language_folder(language):
                yield Finding(
                    str(path.parent.parent), f"no letter is read from it{_named_as_a_tag(language)}"
                )
            elif audience not in EXAMPLES:
                yield Finding(file, f"no audience is called {audience}; there are: {', '.join(EXAMPLES)}")
            elif name not in PARTS and name not in _names(audience):
                yield Finding(file, f"there is no such message{_meant(name, audience)}")
            else:
                yield from _faults_in(texts, path, file, language, audience)


def _named_as_a_tag(folder: str) -> str:
    try:
        return f": call the folder {language_tag(folder).lower()}"
    except ValueError:
        return ": a folder is called by a language tag, such as tr or pt-br"


def _meant(name: str, audience: str) -> str:
    close = get_close_matches(name, _names(audience), n=1)
    return f"; did you mean {close[0]}.txt?" if close else ""


def _faults_in(
    texts: MessageRenderer, path: Path, file: str, language: str, audience: str
) -> Iterator[Finding]:
    try:
        environment = texts.templates.world(audience, language, language).environment
        tree = environment.parse(path.read_text(encoding="utf-8"))
        unknown = meta.find_undeclared_variables(tree) - template_variables(audience, path.stem)
    except TemplateFault:
        return  # the words of the language cannot be read, which is a finding of its own
    except TemplateSyntaxError as fault:
        yield Finding(file, f"line {fault.lineno}: {fault.message}")
        return
    except (OSError, UnicodeDecodeError) as fault:
        yield Finding(file, f"cannot be read: {fault}")
        return
    for name in sorted(unknown):
        yield Finding(
            file, f"names {name}, which is no fact of it; there are: {_listed(audience, path.stem)}"
        )
    for block in sorted(_blocks(tree) - _blocks_of_layout(environment)):
        yield Finding(file, f"has a block {block}, which its layout does not have")


def _listed(audience: str, name: str) -> str:
    return ", ".join(sorted(template_variables(audience, name)))


def _blocks(tree: nodes.Template) -> set[str]:
    return {block.name for block in tree.find_all(nodes.Block)} if tree.find(nodes.Extends) else set()


def _blocks_of_layout(environment: Environment) -> set[str]:
    try:
        return set(environment.get_template("layout.txt").blocks)
    except TemplateSyntaxError:
        return set()  # its own finding says so


def _gaps(texts: MessageRenderer) -> Iterator[Finding]:
    """What a language has no text for, so that English stands in."""
    for language in languages_of(texts):
        for audience in EXAMPLES:
            for name in (*_names(audience), "layout"):
                if not texts.templates.has(language, audience, name):
                    yield Finding(
                        f"{language}/{audience}/{name}.txt",
                        "is missing: English is used",
                        language in COMPLETE_LANGUAGES,
                    )


def _rendered(texts: MessageRenderer) -> Iterator[Finding]:
    """Every message in every language and shape."""
    for language in filter(partial(_has_words, texts), languages_of(texts)):
        for audience, occasions in EXAMPLES.items():
            for occasion in occasions:
                for shape in SHAPES:
                    yield from _faults_of(
                        texts, make_example(audience, occasion, shape, language=language), shape
                    )
            yield from _faults_of_bundle(texts, audience, language)


def _has_words(texts: MessageRenderer, language: str) -> bool:
    try:
        texts.templates.words(language)
    except TemplateFault:
        return False  # a finding of its own, told once
    return True


def _faults_of(texts: MessageRenderer, notice: Notice, shape: str) -> Iterator[Finding]:
    recipient = notice.to[0]
    file = f"{recipient.language}/{notice.audience}/{notice.occasion}.txt"
    try:
        text = texts.render(notice, recipient, "" if shape == "short" else LINK)
    except TemplateFault as fault:
        yield Finding(file, str(fault))
        return
    yield from _oddities(file, text, shape)
    if shape == "usual":
        yield from _unsaid(texts, file, notice, recipient, text)


def _faults_of_bundle(texts: MessageRenderer, audience: str, language: str) -> Iterator[Finding]:
    for shape in SHAPES:
        notices = (make_example(audience, each, shape, language=language) for each in EXAMPLES[audience])
        file = f"{language}/{audience}/{DIGEST}.txt"
        try:
            text = texts.render_digest([(notice, notice.to[0]) for notice in notices])
        except TemplateFault as fault:
            if file in str(fault):  # else one of the messages cannot be written, which it says itself
                yield Finding(file, str(fault))
        else:
            yield from _oddities(file, text, shape)


def _oddities(file: str, text: RenderedMessage, shape: str) -> Iterator[Finding]:
    if _UNESCAPED in text.html:
        yield Finding(file, "its page puts text in as HTML: something is marked as safe that is not")
    if shape != "hostile":
        for leftover in sorted(set(_LEFTOVER.findall(f"{text.subject}\n{text.text}"))):
            yield Finding(file, f"shows {leftover!r} to its reader")


def _unsaid(
    texts: MessageRenderer, file: str, notice: Notice, recipient: Recipient, linked: RenderedMessage
) -> Iterator[Finding]:
    """What a message must say, whoever words it (COMM-1, COMM-3, COMM-4)."""
    shown = texts.facts(notice, recipient)
    must = {"receipt": ("subject", "priority", "owner", "resolve_by"), "hand_over": ("owner",)}
    names = (*must.get(notice.occasion, ()), "next_update_at") if notice.audience == "customer" else ("key",)
    whole = f"{linked.subject}\n{linked.text}"
    for name in names:
        if shown[name] and str(shown[name]) not in whole:
            yield Finding(file, f"does not say {name}, which its reader must know")
    if notice.occasion in ANSWERED_BY_LINK and LINK not in whole:
        yield Finding(file, "does not show the link to answer by")
