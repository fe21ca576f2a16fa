"""Settings of these tests."""

from hypothesis import settings

# A test of time is not timed: on a busy machine the first example alone would now and then take too long.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
