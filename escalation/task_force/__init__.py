"""Task forces: a small life of their own beside the escalation that they work for (RESOLVE-2, RESOLVE-3)."""
