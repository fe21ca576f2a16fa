"""Executive sponsors of accounts: propose, enrol, touch-points, review, exit."""

ORDER = ("propose", "enrol", "touch", "review", "exit", "show", "list")
