"""
The demo: a complaint through its whole life, on servers of its own, shown as it happens.

`walkthrough` says what happens, `display` shows it, `servers` is where it happens, `message_page` keeps its messages.
"""
