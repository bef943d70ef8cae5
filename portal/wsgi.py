"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from portal.letters import in_our_letters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = in_our_letters(get_wsgi_application())
