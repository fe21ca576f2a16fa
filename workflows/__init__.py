"""The clock: deterministic workflows around the rules; no rule lives here."""
