"""Settings of the tests."""

from portal.settings import *
