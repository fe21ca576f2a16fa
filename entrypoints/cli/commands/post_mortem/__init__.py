"""The post-mortem, how the handling itself went: draft, file, show."""

ORDER = ("draft", "file", "show")
