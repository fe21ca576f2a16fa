"""
Sources of the calendar of a rota: a file beside the playbook, or an address.

Reads files; ``feeds.py`` reads addresses. No fault shows any part of an address: it can be a secret.
"""

import os
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from planning.on_call.rota_spec import FeedSpec
from planning.plain_files import read_plain

LARGEST = 1024 * 1024


class FeedFault(ValueError):
    """A calendar that cannot be used; the message says why, and shows neither its address nor its contents."""


class Content(NamedTuple):
    """Content of a calendar."""

    data: bytes
    note: str = ""
    """The reason why it is an old one, if it is."""


class FeedReader(Protocol):
    """Reader of calendars."""

    def read(self, rules: FeedSpec, folder: Path | None) -> Content:
        """
        Raises:
            FeedFault: If there is nothing to read.
        """


class FilesAlone:
    """Reader of files alone: for checks, which must not depend on an address that answers."""

    def read(self, rules: FeedSpec, folder: Path | None) -> Content:
        if rules.file is None:
            raise FeedFault("an address, which is not asked here")
        return Content(read_file(rules.file, folder))


def read_file(name: str, folder: Path | None) -> bytes:
    """
    Raises:
        FeedFault: If it is not in *folder*, or cannot be read.
    """
    if folder is None or Path(name).name != name:
        raise FeedFault("it is no file in the playbook's folder")
    try:
        return read_plain(folder / name, LARGEST)
    except OSError as error:
        raise FeedFault(error.strerror or "it cannot be read") from None


def address_of(rules: FeedSpec) -> str:
    """
    Raises:
        FeedFault: If there is none, or not of the kind that is asked.
    """
    address = rules.url if rules.url_from is None else os.environ.get(rules.url_from)
    source = "the address" if rules.url_from is None else f"the environment variable {rules.url_from}"
    if not address:
        raise FeedFault(f"{source} is not set")
    if not _is_https(address.strip()):
        raise FeedFault(f"{source} holds no https address")
    return address.strip()


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
