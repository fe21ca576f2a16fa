"""
The demo: a complaint through its whole life, on servers of its own, told as it happens.

`story` says what happens, `stage` shows it, `world` is where it happens, `keepsake` is what can be kept of it.
"""
