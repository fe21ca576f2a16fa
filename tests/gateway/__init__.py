"""The gateway, from outside: a real HTTP server before a real Temporal server, worker and mailbox."""
