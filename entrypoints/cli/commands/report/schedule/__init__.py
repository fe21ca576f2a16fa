"""Mail the review pack of each week or quarter that has just ended."""

ORDER = ("set", "list", "remove")
