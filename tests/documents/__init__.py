"""Papers: written, read and laid out."""
