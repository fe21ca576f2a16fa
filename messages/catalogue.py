"""
Catalogues: every word and sentence of the engine in each language, as translators edit them.

Owns how `catalogues/LANGUAGE.po` is read, and the organisation's own `LANGUAGE/words.po` before it. An entry has a
context (`msgctxt`: what kind of thing is said), a code (`msgid`) and what the language says (`msgstr`), in which
`{}`, `{0}` or `{reference}` stand for what is put in. English says every code; what another language leaves out, or
puts other things into, is said in English. Must not know templates, pages or papers.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from escalation.kernel.language_tag import broader_tags

FOLDER = Path(__file__).parent / "catalogues"
OWN_FILE = "words.po"
FALLBACK_LANGUAGE = "en"
PLAYBOOK = "playbook"
"""Context of codes that a playbook invents, such as reasons for a pause: no catalogue can know them all."""

Key = tuple[str, str]
"""Context and code."""


class CatalogueFault(ValueError):
    """A catalogue cannot be read; says which, where, and why."""


class Finding(NamedTuple):
    file: str
    what: str
    is_fault: bool = True


Said = str | tuple[str, ...]
"""The texts of a language for a code: one text, or one for each plural form, as `one` and `other`."""
_PLURALS = ("zero", "one", "two", "few", "many", "other")


class _Entry(NamedTuple):
    said: Said
    line: int


@dataclass(frozen=True)
class Catalogue:
    """All that is said in one language."""

    language: str
    said: Mapping[Key, Said] = field(repr=False)

    def has(self, context: str, code: str) -> bool:
        return (context, code) in self.said

    def word(self, context: str, code: str) -> str:
        """Return what *code* is called; a code that no catalogue knows reads as it is spelled."""
        said = self.said.get((context, code)) or code.replace("_", " ")
        return said if isinstance(said, str) else said[-1]

    def sentence(self, context: str, code: str, *parts: str, count: int = 1, **named: str) -> str:
        """Return what is said of *code*, with the parts put in, in the plural form for *count*."""
        said = self.said.get((context, code), "")
        form = self.word(context, code) if isinstance(said, str) else said[self._plural(count, len(said))]
        try:
            return form.format(*parts, **named)
        except LookupError:  # another version made it, with fewer parts
            return ", ".join((code.replace("_", " "), *parts))

    def _plural(self, count: int, forms: int) -> int:
        from babel import Locale  # noqa: PLC0415 - as below

        plural_form = Locale.parse(self.language, sep="-").plural_form
        tags = [tag for tag in _PLURALS if tag in plural_form.tags or tag == "other"]
        return min(tags.index(plural_form(count)), forms - 1)


@lru_cache(maxsize=100)  # languages are asked for by people outside: what is kept for them is bounded
def catalogue(language: str, own: Path | None = None) -> Catalogue:
    """
    Return the catalogue of *language*, a lower-case tag, with the entries in *own*, a folder, before those shipped.

    Raises:
        CatalogueFault: If a file cannot be read.
    """
    english = _merged(FALLBACK_LANGUAGE, own, {})
    return Catalogue(language, english if language == FALLBACK_LANGUAGE else _merged(language, own, english))


def languages(own: Path | None = None) -> tuple[str, ...]:
    """Return the languages that have a catalogue, shipped or in *own*."""
    shipped = {file.stem for file in FOLDER.glob("*.po")}
    theirs = {file.parent.name for file in own.glob(f"*/{OWN_FILE}")} if own else set()
    return tuple(sorted(shipped | theirs))


def nearest_language(wanted: Iterable[str], known: Collection[str]) -> str:
    """Return the first of *wanted* that there is in *known*, `pt` for `pt-BR`; English if there is none."""
    tags = (tag for each in wanted for tag in broader_tags(each))
    return next((tag for tag in tags if tag in known), FALLBACK_LANGUAGE)


def findings(own: Path | None, of: Iterable[str], complete: Set[str] = frozenset()) -> Iterator[Finding]:
    """Find what is wrong or missing in the catalogues of the languages *of*; a gap is a fault in *complete* ones,
    else a warning."""
    for language in of:
        file = f"{language}/{OWN_FILE}"
        try:
            known = {key for each in _files(language, own) for key in _entries(each)}
        except CatalogueFault as fault:
            yield Finding(file, str(fault))
            continue
        for each in _files(language, own):
            yield from _misfits(each)
        if not known:
            yield Finding(file, "is missing: English is used", is_fault=False)
        for context, code in (_english().keys() - known) if known else ():
            yield Finding(file, f"says nothing of {context} {code}: English is used", language in complete)


def _merged(language: str, own: Path | None, base: Mapping[Key, Said]) -> dict[Key, Said]:
    said: dict[Key, Said] = dict(base)
    for file in _files(language, own):
        said |= {key: entry.said for key, entry in _entries(file).items() if _is_usable(key, entry)}
    return said


def _files(language: str, own: Path | None) -> tuple[Path, ...]:
    """The catalogue shipped, then the organisation's, which goes before it."""
    files = (FOLDER / f"{language}.po", own / language / OWN_FILE if own else None)
    return tuple(file for file in files if file and file.is_file())


def _english() -> Mapping[Key, _Entry]:
    return _entries(FOLDER / f"{FALLBACK_LANGUAGE}.po")


@lru_cache(maxsize=100)
def _entries(file: Path) -> Mapping[Key, _Entry]:
    """Return each entry that says something. An entry marked as fuzzy is a guess of some tool, and does not count."""
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415 - a command that says nothing needs no Babel

    try:
        with file.open("rb") as lines:
            read = read_po(lines, abort_invalid=True)
    except (OSError, PoFileError, UnicodeDecodeError) as fault:
        raise CatalogueFault(f"{file} cannot be read: {fault}") from None
    return {
        (str(each.context), _code(each.id)): _Entry(_said(each.string), each.lineno or 0)
        for each in read
        if each.id and each.string and any(each.string) and not each.fuzzy
    }


def _code(id_: str | Sequence[str]) -> str:
    return id_ if isinstance(id_, str) else id_[0]


def _said(string: str | Sequence[str]) -> Said:
    return string if isinstance(string, str) else tuple(string)


def _is_usable(key: Key, entry: _Entry) -> bool:
    english = _english().get(key)
    return english is None or not _fields(entry) - _fields(english)


def _fields(entry: _Entry) -> set[str]:
    """Return what is put into an entry; `{}` is counted, as `str.format` does. Broken braces stand for themselves."""
    text = entry.said if isinstance(entry.said, str) else entry.said[-1]
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return {text}
    return {name or str(number) for number, name in enumerate(names)}


def _misfits(file: Path) -> Iterator[Finding]:
    """Find entries for codes that nothing has, and those that put in what English does not."""
    english = _english()
    for key, entry in _entries(file).items():
        context, code = key
        where = Finding(f"{file}:{entry.line}", f"{context} {code}")
        if key not in english:
            if context != PLAYBOOK:
                what = f"{where.what} is no code of the engine{_meant(key, english)}"
                yield where._replace(what=what, is_fault=False)
            continue
        for name in sorted(_fields(entry) - _fields(english[key])):
            yield where._replace(what=f"{where.what} puts in {name!r}, which is not there")
        for name in sorted(_fields(english[key]) - _fields(entry)):
            yield where._replace(what=f"{where.what} leaves out {{{name}}}", is_fault=False)


def _meant(key: Key, english: Mapping[Key, Any]) -> str:
    context, code = key
    contexts = {context for context, _ in english}
    if context not in contexts:
        close = get_close_matches(context, contexts, n=1)
        return f"; did you mean context {close[0]}?" if close else ""
    close = get_close_matches(code, [known for of, known in english if of == context], n=1)
    return f"; did you mean {close[0]}?" if close else ""
