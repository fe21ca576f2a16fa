"""One escalation: its state, lifecycle, moves, clocks, audience and views."""
