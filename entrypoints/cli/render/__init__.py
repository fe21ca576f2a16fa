"""Tables and lines for a terminal, and plain data for scripts."""
