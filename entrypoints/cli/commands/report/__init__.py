"""Look back on a period."""
