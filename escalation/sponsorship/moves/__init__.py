"""The moves of a sponsorship, one file each."""
