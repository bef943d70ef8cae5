"""Tests of the pages of secretaries and members."""
