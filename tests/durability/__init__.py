"""Escalations survive when processes die: a real server on a file, a real worker process, kill -9."""
