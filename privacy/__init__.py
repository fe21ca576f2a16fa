"""Privacy: what is held of an account or a person, given out and erased."""
