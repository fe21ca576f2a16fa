"""The record store, on both databases."""
