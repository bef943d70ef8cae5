"""Decisions of activities as pure functions, one file per noun."""
