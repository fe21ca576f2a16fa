"""The action plan: write a new version, or show one. `escalate plan KEY` writes."""

DEFAULT = "write"
"""The subcommand of a line that names none: no key is a word without a slash."""
ORDER = ("write", "show")
