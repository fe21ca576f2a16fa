"""The root cause analysis: request, draft, file, show, derive, approve, share, waive, and print it."""

ORDER = ("request", "draft", "file", "show", "derive", "approve", "share", "waive", "document")
