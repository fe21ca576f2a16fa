"""
The desk's local time, for people who look: a table of offsets, compiled elsewhere from time-zone data.

Nothing is decided by it. What lies outside of the table is shown in UTC.
"""

from datetime import UTC, datetime, timedelta, timezone

from escalation.kernel.values import frozen


@frozen
class DeskTime:
    """Offsets from UTC that *zone* has, each with its start."""

    zone: str = "UTC"
    offsets: tuple[tuple[int, int], ...] = ()
    """(since, offset): seconds since 1970 UTC, seconds east of UTC; the first since comes first."""
    known_until: int = 0
    """End of the table, in seconds since 1970 UTC."""

    def minute(self, at: datetime) -> str:
        """Return the minute with its zone: ``2026-11-20 23:30 Asia/Jakarta``."""
        second = at.timestamp()
        offset = next((east for since, east in reversed(self.offsets) if since <= second), None)
        if offset is None or second >= self.known_until:
            return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return f"{at.astimezone(timezone(timedelta(seconds=offset))):%Y-%m-%d %H:%M} {self.zone}"
