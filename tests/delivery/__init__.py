"""What becomes of a message, over real servers on loopback."""
