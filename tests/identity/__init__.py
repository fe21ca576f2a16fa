"""Tests of identity: who asks, and how that is known."""
