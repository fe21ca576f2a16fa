"""The plan as compiled from a playbook and pinned: levels, targets, people and their preferences."""
