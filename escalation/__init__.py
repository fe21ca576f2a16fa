"""The rules of an escalation: pure Python, with no Temporal, no I/O, no clock of its own, no randomness."""
