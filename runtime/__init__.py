"""What every process needs to run: settings, logging, the Temporal connection, the embedded server."""
