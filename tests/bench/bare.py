"""The least that a branch page could be: its five questions, a plain list, nothing of our own.

No session, no user, no scope, no layout (speed §6). ``/ID/`` is the branch.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone

_TEMPLATE = Engine().from_string(
    "<html><title>{{ branch.name }}</title><body><h1>{{ branch.name }}</h1>"
    "<p>{% for area in line %}{{ area.name }} {% endfor %}</p><p>{{ incomplete }} {{ day }}</p>"
    "<ul>{% for each in year %}<li>{{ each.date }} {{ each.topic }} {{ each.place }}"
    " {{ each.get_state_display }}</li>{% endfor %}</ul></body></html>"
)


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the five questions of a branch page and list the answers."""
    from activities.models import Activity  # noqa: PLC0415 -- the server sets Django up below
    from branches.models import Area, Branch  # noqa: PLC0415 -- the same
    from branches.paths import line_of  # noqa: PLC0415 -- the same
    from core.models import Kind  # noqa: PLC0415 -- the same
    from members.models import Member  # noqa: PLC0415 -- the same

    branch = Branch.objects.select_related("kind", "area").get(pk=pk)
    theme_days = Activity.objects.filter(branch=branch, kind="activity.theme_day")
    found = {
        "branch": branch,
        "line": Area.objects.filter(path__in=line_of(branch.area_path)),
        "year": theme_days.filter(period__startswith=str(timezone.localdate().year)),
        "incomplete": Member.objects.filter(branch=branch, missing_fields__gt="").count(),
        "day": Kind.objects.get(key="activity.theme_day").settings,
    }
    return HttpResponse(_TEMPLATE.render(Context(found)))


urlpatterns = [path("<int:pk>/", page)]
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()
if connection.vendor == "postgresql":
    from core.prepared import PLANNED_AFTER

    # So that PostgreSQL keeps its plans as well.
    connection.settings_dict["OPTIONS"] |= {
        "server_side_binding": True,
        "prepare_threshold": PLANNED_AFTER,
    }
