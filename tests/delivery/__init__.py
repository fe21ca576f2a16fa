"""Tests of delivery, over real servers on loopback."""
