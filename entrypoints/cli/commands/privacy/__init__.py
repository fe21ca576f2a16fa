"""Give out and erase what is held of an account or a person."""

ORDER = ("export", "erase")
