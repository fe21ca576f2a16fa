"""A campaign of kills: random lives, while workers and servers die at random moments, and what became of each."""
