"""The audit log as a table, and as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, fields

from rich.table import Table
from rich.text import Text

from entrypoints.terminal import out
from records.audit_log import AuditLine
from records.digest_chain import instant_text
from records.spreadsheet import ENCODING, cell_text


def print_audit_log(lines: Sequence[AuditLine]) -> None:
    table = Table("no.", "at (UTC)", "what", "who", "door", "about", "why", "from", box=None, pad_edge=False)
    for line in lines:
        what = line.kind.replace("_", " ") + (f" ({line.times} times)" if line.times > 1 else "")
        texts = (what, line.by, line.door, line.about, line.why, line.address)
        table.add_row(f"{line.number}", f"{line.at:%Y-%m-%d %H:%M:%S}", *map(Text, texts))
    out.print(table if lines else "there is no entry")


def audit_csv(lines: Sequence[AuditLine]) -> bytes:
    """Return a file for spreadsheets, a row for each line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([each.name for each in fields(AuditLine)])
    for line in lines:
        number, at, *rest = astuple(line)
        writer.writerow([number, instant_text(at), *(cell_text(str(each)) for each in rest)])
    return text.getvalue().encode(ENCODING)
