"""From a checked playbook and a request to the plan of one escalation."""
