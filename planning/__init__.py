"""From a playbook to a plan: YAML, time zones, calendars; all that drifts stays here."""
