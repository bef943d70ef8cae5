"""Tests of the bureau's pages of members."""
