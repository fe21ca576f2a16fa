"""The moves in a task force, and the orders of its escalation: one file each, or a pair that undo each other."""
