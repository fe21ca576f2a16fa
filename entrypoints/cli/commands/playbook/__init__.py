"""Check a playbook, show what it says, and try it."""
