"""Tasks of a task force."""
