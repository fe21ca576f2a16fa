"""Measurements of speed: figures that can be repeated, each printed by the module that measures it."""
