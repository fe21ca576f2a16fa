"""Data held of a party: two files for whoever asked, and its numbers in the terminal."""

import json
import os
from pathlib import Path

from entrypoints.terminal import err, out
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest
from planning.playbook.faults import file_fault
from privacy.held_data import HeldData
from privacy.held_data_page import render_held_data


def write_held_data(held: HeldData, folder: Path) -> None:
    """
    Write data.json and data.html into *folder*, which is made. Only the user of this machine can read them.

    Raises:
        BadRequest: If they cannot be written.
    """
    pages = {
        "data.json": json.dumps(held.as_plain(), ensure_ascii=False, indent=2) + "\n",
        "data.html": render_held_data(held),
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in pages.items():
            _write_private(folder / name, text)
    except OSError as error:
        fault = file_fault(folder, error, "a folder to write to", "--to")
        raise BadRequest.because(reason("of.command"), (fault,)) from None
    for name in pages:
        err.print(f"Written: {folder / name}", markup=False)


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)  # one that others can read would stay so
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(text)


def show_counts(held: HeldData) -> None:
    for kind, count in held.counts.items():
        out.print(f"{count:>9,}  {kind.replace('_', ' ')}", markup=False)
    for why in held.not_read:
        err.print(f"Not read: {why}", markup=False, style="yellow")
