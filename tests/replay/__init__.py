"""Demands of running escalations on a changed program: their histories must lead where they led."""
