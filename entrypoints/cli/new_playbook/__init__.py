"""A first playbook, made of answers to a few questions."""
