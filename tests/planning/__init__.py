"""
Playbooks read, checked and compiled; time in open hours.
"""
