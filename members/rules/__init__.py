"""Decisions about members as pure functions: no queries, no request (domain §3)."""
