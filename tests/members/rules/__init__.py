"""Tests of the rules of members."""
