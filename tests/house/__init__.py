"""Measures of the house: sizes, explanations, names and shortcuts. See `__main__.py`."""
