"""The channels, their limits and their endpoints, by name alone."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from escalation.policy.limit_text import limit_in_words
from runtime.named_settings import ENDPOINT_CHANNELS, endpoint_variables, variable
from runtime.settings import Settings


def channel_rows(settings: "Settings") -> list[dict[str, Any]]:
    limits = {channel: limit_in_words(limit) for channel, limit in settings.channel_limits.items()}
    server = f"any address, over {settings.smtp_host}" if settings.smtp_host else "any address, printed only"
    rows: list[dict[str, Any]] = [
        {"channel": "email", "targets": [server], "set_up_by": variable("smtp_host")},
        {"channel": "console", "targets": ["anybody, printed where the worker runs"], "set_up_by": ""},
        *(
            {
                "channel": channel,
                "targets": list(settings.endpoint_names(channel)),
                "set_up_by": endpoint_variables(channel, "name"),
            }
            for channel in ENDPOINT_CHANNELS
        ),
    ]
    return [{**row, "limit": limits.get(row["channel"])} for row in rows]


def render_channels(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("channel", "targets", "limit"):
        table.add_column(column, overflow="fold")
    table.add_column(
        "set up by", min_width=max(len(word) for row in rows for word in row["set_up_by"].split())
    )
    for row in rows:
        targets = Text(", ".join(row["targets"]) or "none")
        table.add_row(row["channel"], targets, row["limit"] or "none", row["set_up_by"])
    return table
