"""Figures of escalations: folds over their events."""
