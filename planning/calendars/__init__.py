"""Open hours, public holidays, quiet hours and time zones. Knows no playbook."""
