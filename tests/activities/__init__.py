"""Tests of activities, over real servers on loopback."""
