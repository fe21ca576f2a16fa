"""The record past retention: take in, give out, look at one."""

ORDER = ("import", "export", "show", "rebuild")
