"""What-if: forecasts, coverage, differences and backtests of a playbook."""
