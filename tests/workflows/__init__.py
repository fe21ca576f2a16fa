"""Stories on a real Temporal server whose clock can be moved."""
