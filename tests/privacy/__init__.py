"""Data of an account or a person, given out and erased."""
