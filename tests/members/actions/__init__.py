"""Tests of the acts on members."""
