"""What is wrong with runs and with the record, and what fixes it."""
