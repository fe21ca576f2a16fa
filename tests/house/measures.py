"""One function a figure: it returns a number, or the places that count."""

import ast
import io
import re
import statistics
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from tests.house.limits import NAMED_AFTER_OTHERS, OLD_DIALECT, OWN_TEXT, RECORDS, SAME_IDEA, TEXT_OF_OTHERS
from tests.house.source import House, Places, Source

_CLAUSE = re.compile(
    r"(?:What|Which|Whether|Who|Whose|Whom|Where|When|Why|How(?!-to)|That|It|They|He|She|We|These|Those|Its|Their"
    r"|Else|And|But|So|This (?:is|was|has|does|holds|says))\b"
)
_CITED = re.compile(r"\b([A-Z]{4,})-\d{1,2}\b")
_NOT_RULES = frozenset({"LICENSE", "NAME"})
_NAMING = frozenset({"workflows", "activities", "delivery"})
_PRAGMA = re.compile(r"#\s*(?:noqa|type:|pragma|fmt:|pyright|ruff)")
_GERUND = re.compile(r"(?:\w+_)?[a-z]{2,}ing$|[a-z]{2,}ed$")
_NO_GERUND = frozenset({"embedded", "seed", "feed", "need", "string", "thing"})


# Sizes and explanations.


def lines_of_product(house: House) -> int:
    return sum(source.lines for source in house.product)


def comment_share(house: House) -> float:
    comments = sum(count_comments(source.text) for source in house.product)
    return round(100 * comments / lines_of_product(house), 2)


def count_comments(text: str) -> int:
    """Count the lines with a comment that explains: docstrings and marks for tools are none."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return sum(token.type == tokenize.COMMENT and not _PRAGMA.match(token.string) for token in tokens)


def length_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function, its decorators aside."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def median_function(house: House) -> float:
    return statistics.median(length_of(node) for _, node in house.functions())


def median_file(house: House) -> float:
    return statistics.median(source.lines for source in house.product if source.lines > 1)


def long_functions(house: House) -> Places:
    return [
        f"{source.path}:{node.lineno} {node.name} ({length_of(node)})"
        for source, node in house.functions()
        if length_of(node) > 60
    ]


def long_files(house: House) -> Places:
    return [f"{source.path} ({source.lines})" for source in house.product if source.lines > 400]


# What is taken apart or made without a check.


def unknown_rules(house: House) -> Places:
    return [
        f"{source.path} {found.group()}"
        for source in (*house.product, *house.others)
        for found in _CITED.finditer(source.text)
        if found.group(1) not in _NOT_RULES and found.group() not in house.stated_rules
    ]


def unchecked_records(house: House) -> Places:
    """List keywords of any kind, and constructors and copies that check nothing, where records are made."""
    return [
        f"{source.path}:{node.lineno} {what}"
        for source in house.product
        if source.path.partition("/")[0] in RECORDS
        for node, what in unchecked_in(source.tree)
    ]


def unchecked_in(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.arg, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.arguments(kwarg=ast.arg(annotation=ast.Name(id="Any" | "object")) as keywords):
                yield keywords, f"**{keywords.arg}"
            case ast.Call(func=ast.Attribute(attr="model_construct" | "model_copy" as name)):
                yield node, name
            case ast.Attribute(value=ast.Name(id="object"), attr="__setattr__"):
                yield node, "object.__setattr__"
            case ast.Attribute(attr="__dict__"):
                yield node, "__dict__"
            case _:
                pass


def expressions_over_own_text(house: House) -> Places:
    """List the code of `OWN_TEXT`, and each regular expression of a file of which nobody said whose text it reads."""
    return [
        f"{source.path}:{number} {line.strip()[:80]}"
        for source in house.product
        for number, line in enumerate(source.text.splitlines(), start=1)
        if reads_own_text(source.path, line)
    ]


def reads_own_text(path: str, line: str) -> bool:
    is_known = path.startswith(tuple(TEXT_OF_OTHERS))
    takes_apart = re.search(
        r"\bre\.(?:compile|sub|match|search|fullmatch|split|find\w+)\(|\.strptime\(", line
    )
    return any(own in line for own in OWN_TEXT) or (takes_apart is not None and not is_known)


def ids_cut_by_hand(house: House) -> Places:
    """List what cuts a text at `@`: typed ids know their parts. E-mail addresses are not ids."""
    return [
        f"{source.path}:{node.lineno} {ast.unparse(node)}"
        for source in house.product
        if source.stem not in {"ids", "email_address"}
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and cuts_an_id(node)
    ]


def cuts_an_id(call: ast.Call) -> bool:
    match call:
        case ast.Call(
            func=ast.Attribute(attr="partition" | "rpartition" | "split" | "rsplit"),
            args=[ast.Constant(value="@"), *_],
        ):
            return True
        case _:
            return False


def wire_names_twice(house: House) -> Places:
    """List the names that a decorator or a constant of the shell gives a second time."""
    places: defaultdict[str, Places] = defaultdict(list)
    for source in house.product:
        if (
            source.path.partition("/")[0] in {"workflows", "activities", "delivery"}
            or source.stem == "contract"
        ):
            for line, name in wire_names_in(source.tree):
                places[name].append(f"{source.path}:{line} {name}")
    return [place for found in places.values() for place in found[1:]]


def wire_names_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each literal that names a workflow, activity, update, signal or query."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="workflow" | "activity")), keywords=keywords):
                for keyword in keywords:
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                        yield node.lineno, str(keyword.value.value)
            case ast.Assign(targets=[ast.Name(id=id_)], value=ast.Constant(value=str(value))) if (
                id_.isupper()
            ):
                yield node.lineno, value
            case _:
                pass


# Rooms and names.


def rooms_in_a_cycle(house: House) -> Places:
    """List the rooms (the sub-packages of one folder) that reach themselves by their imports."""
    arrows = {room: reached - {room} for room, reached in imports_between_rooms(house.product).items()}
    return sorted(room for room in arrows if room in reachable(arrows, room))


def imports_between_rooms(sources: Iterable[Source]) -> Mapping[str, set[str]]:
    """Map each room to those that it imports in its folder; files in no room are a room of the folder's name."""
    sources = tuple(sources)
    rooms = {source.module: room_of(source) for source in sources}
    arrows: defaultdict[str, set[str]] = defaultdict(set)
    for source in sources:
        for name in imported_names(source.tree):
            target = rooms.get(name) or rooms.get(name.rpartition(".")[0])
            if target and target.partition(".")[0] == room_of(source).partition(".")[0]:
                arrows[room_of(source)].add(target)
    return arrows


def room_of(source: Source) -> str:
    folder, *rest = source.path.split("/")
    return f"{folder}.{rest[0]}" if len(rest) > 1 else folder


def imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reachable(arrows: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = set(arrows[start])
    while ahead:
        room = ahead.pop()
        found.add(room)
        ahead |= arrows.get(room, set()) - found
    return found


def twin_files(house: House) -> Places:
    """
    List names that files have in two folders, with two meanings as far as nobody said, and singular beside plural in
    one folder.
    """
    own = [source for source in house.product if not source.path.startswith(tuple(NAMED_AFTER_OTHERS))]
    stems = Counter(source.stem for source in own if source.stem not in SAME_IDEA)
    twins = {source.path for source in own if stems[source.stem] > 1}
    paths = {source.path for source in house.product}
    return [
        source.path
        for source in house.product
        if source.path in twins or source.path.replace(".py", "s.py") in paths
    ]


def gerunds(house: House) -> Places:
    return [
        source.path
        for source in house.product
        if source.stem.rpartition("_")[2] not in _NO_GERUND and _GERUND.fullmatch(source.stem)
    ]


# English.


def clauses(sources: Iterable[Source]) -> Places:
    return [
        f"{source.path}:{line} {text[:60]}"
        for source in sources
        for line, text in docstrings_in(source.tree)
        if _CLAUSE.match(text)
    ]


def docstrings_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of modules, classes, functions and attributes, each with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in node.body:
                match statement:
                    case ast.Expr(value=ast.Constant(value=str(text))):
                        yield statement.lineno, " ".join(text.split())
                    case _:
                        pass


def old_words(house: House) -> Places:
    return [
        f"{source.path}:{number} {found.group()}"
        for source in house.product
        for number, line in enumerate(source.text.splitlines(), start=1)
        for found in OLD_DIALECT.finditer(line)
    ]


MEASURES: dict[str, Callable[[House], float | Places]] = {
    "product lines": lines_of_product,
    "comment share, % of lines": comment_share,
    "median function, lines": median_function,
    "median file, lines": median_file,
    "functions over 60 lines": long_functions,
    "files over 400 lines": long_files,
    "cited rule ids that are not stated": unknown_rules,
    "unchecked changes of records": unchecked_records,
    "regular expressions over own text": expressions_over_own_text,
    "ids cut by hand": ids_cut_by_hand,
    "wire names defined twice": wire_names_twice,
    "rooms in an import cycle": rooms_in_a_cycle,
    "file names that mean two things": twin_files,
    "files named by a gerund or participle": gerunds,
    "docstrings that begin with a clause or pronoun": lambda house: clauses(house.product),
    "the same in tests, benchmarks, examples": lambda house: clauses(house.others),
    "words of the old dialect": old_words,
}
