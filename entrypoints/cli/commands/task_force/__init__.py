"""Task forces: deploy, fill seats, report, keep tasks, stand down."""

ORDER = ("deploy", "show", "list", "accept", "decline", "leave", "offer", "report", "task", "stand-down")
