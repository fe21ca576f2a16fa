"""The record past retention: tables, the one way to write to them, and what can be read off them."""
