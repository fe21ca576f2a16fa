"""The sponsorship of one account: its state, commands and decisions."""
