"""Wiring of the portal: settings, addresses, Celery, the admin site. Nobody imports it."""

from .celery import app as celery_app

__all__ = ("celery_app",)
