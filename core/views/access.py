"""The views' way to ``core.access``."""

from core.access import signed_in

__all__ = ["signed_in"]
