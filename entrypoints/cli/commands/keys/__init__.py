"""Make, replace and check the keys that encrypt what is stored."""

ORDER = ("generate", "rotate", "remove", "check")
