"""Preview what messages say, check their templates, approve texts for customers."""

ORDER = ("preview", "list", "check", "approve", "edit", "reject")
