"""The ground under the engine, tested on real processes, real sockets and the real server."""
