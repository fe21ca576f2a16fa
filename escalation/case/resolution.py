"""Working on it until it is verified: plan, updates, pauses, resolution, access (COMM-3, CLOCK-3, RESOLVE)."""

from escalation.kernel.clock_name import ClockName

CLOCKS_OF_PROBLEM = (
    ClockName.LEVEL_WINDOW,
    ClockName.NEXT_UPDATE,
    ClockName.RESOLUTION,
    ClockName.INTERNAL_UPDATE,
)
HELD_WHILE_VERIFYING = (*CLOCKS_OF_PROBLEM, ClockName.ACKNOWLEDGE)
"""Declaring resolved stops these; a rejection lets them run on from where they were (MATRIX-2, RESOLVE-5). Those of
the problem are met once it is verified."""
