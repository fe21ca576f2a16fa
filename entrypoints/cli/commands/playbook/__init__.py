"""Check a playbook, show what it says, and try it."""

ORDER = ("new", "check", "show", "simulate", "coverage", "diff", "backtest", "on-call", "diagram", "schema")
