"""The record past retention."""
