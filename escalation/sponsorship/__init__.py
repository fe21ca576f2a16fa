"""The sponsorship of one account: its state, moves, clocks and decisions."""
