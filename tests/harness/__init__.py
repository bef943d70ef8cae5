"""Servers that the tests start for themselves: on loopback, on free ports, ended by their own process id."""
