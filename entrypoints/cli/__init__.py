"""The command line: `commands/NAME.py` holds `escalate NAME`, `render/` draws what it shows."""
