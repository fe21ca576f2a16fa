"""One file a command: `escalate NAME` is in `NAME.py`, and a folder holds a group of commands."""
