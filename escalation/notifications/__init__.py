"""Notifications and what becomes of them: occasions, facts, results, inboxes, links."""
