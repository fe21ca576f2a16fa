"""
Table in a CSV file: its text, its delimiter, and its rows with their lines.

Finds the encoding by the file's bytes and the delimiter by its header, where neither is given. A quotation mark that is
never closed would swallow rows, so such a file is refused, with the place. Knows no meaning of a column.
"""

import codecs
import csv
import io
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Self

from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, quote_input

FALLBACK = "cp1252"
"""The encoding of Windows programs that do not write UTF-8."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""First bytes of files of Excel and of other spreadsheets."""
_OF_NO_FILES = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""Encodings of Python that no program writes tables in; some fail in their own way."""
_DELIMITERS = (",", ";", "\t", "|")
csv.field_size_limit(sys.maxsize)  # how much of a cell is taken is for the reader of the rows


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file as rows of cells, which are read when they are asked for."""

    source: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    text: str

    @classmethod
    def of(
        cls,
        data: bytes,
        source: str,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
        wanted: Collection[str] = (),
    ) -> Self:
        """
        Return the table in *data*; find *encoding* and *delimiter* if they are not given. *wanted*: columns that it
        should have.

        Raises:
            BadRequest: If it is no text.
        """
        text, encoding = _decode(data, source, encoding)
        headers = {each: _read_header(text, each) for each in ((delimiter,) if delimiter else _DELIMITERS)}
        # The delimiter that gives the wanted columns wins; else the one that gives the most columns.
        best = max(headers, key=lambda each: (set(wanted) <= set(headers[each]), len(headers[each])))
        return cls(source, encoding, best, headers[best], text)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """
        Each row below the header with the line that it begins in, counted from 1; empty lines are left out.

        Raises:
            BadRequest: At the first row that is not CSV, with its line and column.
        """
        rows = self._all_rows()
        next(rows, None)
        yield from rows

    def _all_rows(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(_split_lines(self.text), delimiter=self.delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise self._broken(line) from None
            if cells:
                yield line, cells

    def _broken(self, line: int) -> BadRequest:
        """Return the refusal of the row that begins in *line*, at its first cell that is not valid."""
        row = "".join(list(_split_lines(self.text))[line - 1 :])
        at, number = _find_broken_cell(row, self.delimiter)
        column = f", column {self.columns[number]}" if number < len(self.columns) else ""
        fault = Fault(
            where=f"{self.source}, line {line + len(list(_split_lines(row[: at + 1]))) - 1}{column}",
            given=f"a quotation mark that is not closed at the end of its cell: {quote_input(row[at : at + 40])}",
            allowed='cells such as plain, or "quoted, with "" for a quotation mark"; '
            "nothing of this file was taken, since the rows below cannot be told apart",
        )
        return BadRequest.because(reason("of.log"), (fault,))


def _split_lines(text: str) -> io.StringIO:
    """Return *text* in the lines that the ``csv`` module counts."""
    return io.StringIO(text, newline="")


def _read_header(text: str, delimiter: str) -> tuple[str, ...]:
    cells = next((cells for cells in csv.reader(_split_lines(text), delimiter=delimiter) if cells), [])
    return tuple(cell.strip() for cell in cells)


def _find_broken_cell(row: str, delimiter: str) -> tuple[int, int]:
    """Return the position in *row* of the first cell that is not closed, and the number of cells before it."""
    d = re.escape(delimiter)
    cell = re.compile(rf'(?:"(?:[^"]|"")*"|(?!")[^{d}\r\n]*)({d}|\r\n|\r|\n|\Z)')
    at, number = 0, 0
    while (found := cell.match(row, at)) and found.end() > at:
        at, number = found.end(), number + 1 if found[1] == delimiter else 0
    return at, number


def _decode(data: bytes, source: str, encoding: str | None) -> tuple[str, str]:
    """
    Return *data* as text, and its encoding.

    Raises:
        BadRequest: If it is no text in *encoding*, or in any that is known.
    """
    if data.startswith(_WORKBOOKS):
        fault = Fault(
            where=source, given="a workbook of a spreadsheet", allowed="a table in CSV: save it as one"
        )
        raise BadRequest.because(reason("of.log"), (fault,))
    guess = encoding or _detect_encoding(data) or ("utf-8" if _is_utf_8(data) else FALLBACK)
    try:
        if codecs.lookup(guess).name in _OF_NO_FILES:
            raise LookupError(guess)
        return data.decode(guess), guess
    except LookupError:
        where, given, allowed = (
            "encoding of the map",
            quote_input(guess),
            "an encoding such as utf-8 or cp1252",
        )
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        where, given = source, f"the byte 0x{data[error.start]:02x} in row {line}"
        allowed = f"text in {guess}; the map can name another encoding"
    raise BadRequest.because(reason("of.log"), (Fault(where=where, given=given, allowed=allowed),))


def _detect_encoding(data: bytes) -> str | None:
    """Return the encoding by the first bytes: a byte order mark, or the zeros of UTF-16 without one."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked or len(data) < 2:
        return marked
    return {(False, True): "utf-16-le", (True, False): "utf-16-be"}.get((data[0] == 0, data[1] == 0))


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
