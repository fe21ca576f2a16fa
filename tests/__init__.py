"""The tests: rules first, then the shell, then whole stories on a real server."""
