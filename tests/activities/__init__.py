"""What the hands do, over real servers on loopback."""
