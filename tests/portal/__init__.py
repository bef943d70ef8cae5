"""Tests of the wiring: demonstration data, home pages."""
