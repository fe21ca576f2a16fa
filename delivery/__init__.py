"""From the text to a delivery result: what happens to a message before it leaves, and by which channel it does."""
