"""The exit status of every command, by what became of it."""

DONE = 0
REFUSED = 1
BAD_INPUT = 2
NO_SERVER = 3
"""No server, or no record store."""
BUG = 70
INTERRUPTED = 130
