"""How messages read."""
