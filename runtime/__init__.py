"""The ground under every process: settings, logging, the Temporal connection, the embedded server."""
