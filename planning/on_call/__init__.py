"""Rotas: who is on call when, from rotations, overrides and calendars."""
