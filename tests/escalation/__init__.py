"""The rules, one file a subject; each test cites the rule that it shows."""
