"""Instants as a browser's field for date and time reads and writes them: local, without an offset."""

from datetime import datetime, tzinfo


def read_local(text: str, zone: tzinfo) -> str:
    """Return *text* with the offset of *zone*; a text that is no such instant is left for the command to refuse."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def write_local(text: str, zone: tzinfo) -> str:
    """Return the instant *text* as it is in *zone*: the inverse of ``read_local``."""
    return datetime.fromisoformat(text).astimezone(zone).replace(tzinfo=None).isoformat()
