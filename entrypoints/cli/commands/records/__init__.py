"""The record past retention: take in, give out, look at one, verify."""

ORDER = ("import", "export", "show", "rebuild", "verify", "audit-log")
