"""Forecasts, coverage, differences and backtests of a playbook."""
