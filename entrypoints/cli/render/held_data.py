"""Data held of a party: two files for whoever asked, and its numbers in the terminal."""

import json
import os
from pathlib import Path

from entrypoints.cli.option_values import bad_option
from entrypoints.terminal import err, out
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest
from planning.playbook.faults import file_fault
from privacy.held_data import HeldData
from privacy.held_data_page import render_held_data

_FILES = ("data.json", "data.html")


def require_room(folder: Path | None) -> Path:
    """
    Return the folder to write to.

    Raises:
        BadRequest: If none is given, or files of these names are in it.
    """
    if folder is None:
        raise bad_option("--to", "nothing", "a folder for " + " and ".join(_FILES))
    taken = [str(folder / name) for name in _FILES if (folder / name).exists()]
    if taken:
        raise bad_option("--to", f"{', '.join(taken)}, which is there already", "a folder without such files")
    return folder


def write_held_data(held: HeldData, folder: Path) -> None:
    """
    Write data.json and data.html into *folder*, which is made. Only the user of this machine can read them.

    Raises:
        BadRequest: If they cannot be written.
    """
    in_json = json.dumps(held.as_plain(), ensure_ascii=False, indent=2) + "\n"
    pages = dict(zip(_FILES, (in_json, render_held_data(held)), strict=True))
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
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(text)


def show_counts(held: HeldData) -> None:
    for kind, count in held.counts.items():
        out.print(f"{count:>9,}  {kind.replace('_', ' ')}", markup=False)
    for why in held.not_read:
        err.print(f"Not read: {why}", markup=False, style="yellow")
