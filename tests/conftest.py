"""
What holds for every test.
"""

import os

for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)
"""The width of a terminal is the test's own, wherever it runs; Rich reads it when it is imported."""
