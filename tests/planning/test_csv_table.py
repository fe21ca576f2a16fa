"""
Files in CSV, as programs write them and as hands break them.
"""

import codecs

import pytest

from escalation.kernel.refusals import BadRequest
from planning.forecast.csv_table import CsvTable
from planning.forecast.helpdesk_log import Log, fits_map, read_log
from tests.planning.export_builder import AnExport, the_map

MONDAY, NOON = "02-03-2026 08:00", "02-03-2026 12:00"


def an_export() -> AnExport:
    return AnExport().incident("INC1", MONDAY).update(MONDAY, "New", group="Büro")


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("cp1252", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(encoding: str, mark: bytes, delimiter: str) -> None:
    """
    RECORD-1: as Windows, Excel and others write them; nobody has to say which.
    """
    data = mark + an_export().data.decode().replace(",", delimiter).encode(encoding)

    assert fits_map(data, the_map())
    assert "Büro" == read_log(data, "log.csv", the_map()).incidents[0].updates[0].team


def test_an_encoding_that_the_map_names_counts() -> None:
    """A file in another encoding is refused with the place."""
    data = an_export().data.replace("ü".encode(), b"\xff")

    with pytest.raises(BadRequest, match="the byte 0xff in row 2"):
        read_log(data, "log.csv", the_map(encoding="utf-8"))


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        # never closed: the rest of the file would be one cell
        (['INC2,New,02-03-2026 08:00,02-03-2026 08:00,0,"?,3 - Moderate,?'], "line 3, column category"),
        # closed by the opening mark of a row below
        (
            ['INC2,New,02-03-2026 08:00,02-03-2026 08:00,0,"?,3,?', 'INC3,"New",,,,,,'],
            "line 3, column category",
        ),
        # in the first cell, and in the last
        (['"INC2,New,02-03-2026 08:00,02-03-2026 08:00,0,?,3 - Moderate,?'], "line 3, column number"),
        (['INC2,New,02-03-2026 08:00,02-03-2026 08:00,0,?,3,"?'], "line 3, column assignment_group"),
        # after a cell that rightly has two lines
        (['INC2,"New', 'er",02-03-2026 08:00,02-03-2026 08:00,0,"?,3,?'], "line 4, column category"),
        # closed, and something follows
        (['INC2,"New"er,02-03-2026 08:00,02-03-2026 08:00,0,?,3,?'], "line 3, column incident_state"),
    ],
)
def test_a_quotation_mark_that_is_not_closed_refuses_the_file_with_its_place(
    lines: list[str], place: str
) -> None:
    """
    RECORD-1: it would swallow rows without a word.
    """
    export = an_export()
    for line in (*lines, 'INC4,"New",02-03-2026 08:00,02-03-2026 08:00,0,?,3 - Moderate,?'):
        export.line(line)

    with pytest.raises(BadRequest) as refused:
        export.log()

    assert f"log.csv, {place}: given a quotation mark that is not closed" in refused.value.message
    assert "nothing of this file was taken" in refused.value.message


def test_a_quoted_cell_may_have_lines_delimiters_and_quotation_marks() -> None:
    """A row is named by the line that it begins in."""
    table = CsvTable.of(b'a,b\r\n"1,\r\n""2""",x\r\n\r\n3,y\r\n', "t.csv")

    assert [(2, ['1,\r\n"2"', "x"]), (5, ["3", "y"])] == list(table.rows())


def a_log_with_a_cell_of(length: int, column: str) -> Log:
    header = AnExport().data.decode() + ",note"
    cells = dict.fromkeys(header.split(","), "?") | {
        "number": "INC2",
        "incident_state": "New",
        "opened_at": MONDAY,
        "sys_updated_at": NOON,
        "sys_mod_count": "0",
        "priority": "3 - Moderate",
        column: "x" * length,
    }
    good = f"INC1,New,{MONDAY},{MONDAY},0,?,3 - Moderate,?,fine"
    return read_log("\n".join((header, good, ",".join(cells.values()))).encode(), "log.csv", the_map())


def test_a_huge_cell_costs_its_row_alone() -> None:
    """
    RECORD-1: the rest is taken; in a column that is not read, it costs nothing.
    """
    unread, read = a_log_with_a_cell_of(200_000, "note"), a_log_with_a_cell_of(200_000, "assignment_group")

    assert (2, ()) == (len(unread.incidents), unread.faults)
    assert ["INC1"] == [incident.key for incident in read.incidents]
    assert [(3, "assignment_group", "200,000 characters", "at most 16,384 characters")] == [*read.faults]


def test_keys_that_look_alike_are_one_incident() -> None:
    """
    Two of one key would break the record.
    """
    export = an_export().incident("INC\u20281 ", MONDAY).update(NOON, "Active")
    export.incident("INC1\u2060", MONDAY).update("02-03-2026 13:00", "Active")

    assert {"INC1": 3} == {incident.key: len(incident.updates) for incident in export.log().incidents}


def test_a_workbook_is_told_from_a_table() -> None:
    """
    RECORD-1: in words, and not by the letters that its bytes happen to be.
    """
    with pytest.raises(BadRequest, match="a workbook of a spreadsheet; allowed: a table in CSV"):
        read_log(b"PK\x03\x04\x14\x00", "log.xlsx", the_map())


@pytest.mark.parametrize(
    "encoding", ["undefined", "punycode", "idna", "unicode_escape", "utf-7", "base64", "nope"]
)
def test_an_encoding_of_no_tables_is_refused(encoding: str) -> None:
    """
    Some of Python's own fail in their own way, and no program writes a table in them.
    """
    with pytest.raises(BadRequest, match="encoding of the map"):
        CsvTable.of(b"number,state\n1,New\n", "log.csv", encoding=encoding)
