"""Makers of rows for tests; they write through the actions, as the portal does."""
