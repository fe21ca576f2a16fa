"""The record past retention: take in, give out, look at one, encrypt, verify."""

ORDER = ("import", "export", "show", "rebuild", "encrypt", "verify", "audit-log")
