"""What every test may use."""

from hypothesis import settings

pytest_plugins = ["tests.harness.fixtures", "tests.cast"]

# The tests share the machine: a slow moment is no fault.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
