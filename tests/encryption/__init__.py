"""Tests of encryption: keys, payloads, names."""
