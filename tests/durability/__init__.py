"""What survives when processes die: real server on a file, real worker process, kill -9."""
