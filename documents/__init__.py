"""Papers that people read, keep and write: the root cause analysis as Markdown, HTML and PDF."""
