"""Handing out private files: only to whom the row is visible, never by their place on the disk."""

from django.db import transaction
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from core import audit
from core.access import signed_in
from core.exports import may_fetch
from core.files import open_file
from core.impersonation import closed
from core.models import StoredFile

UNKNOWN_TYPE = "application/octet-stream"


def private_file(stored: StoredFile) -> HttpResponseBase:
    """Send STORED as a download under the name its owner gave it; the caller has checked the scope.

    Nothing on the way may keep a copy. Raises FileNotFoundError when the file is gone.
    """
    response = StreamingHttpResponse(
        open_file(stored), content_type=stored.content_type or UNKNOWN_TYPE
    )
    response["Content-Length"] = str(stored.size)
    response["Content-Disposition"] = content_disposition_header(True, stored.name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@closed
@require_safe
def download(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Send a file that the user may see, an export only while it is still his, and put it on record."""
    user = signed_in(request)
    stored = get_object_or_404(StoredFile.objects.visible_to(user), pk=pk)
    if not may_fetch(user, stored):
        raise Http404("没有找到这份文件。")
    try:
        with transaction.atomic():
            audit.record(by=user, act="下载文件", instance=stored)
            return private_file(stored)
    except FileNotFoundError as error:
        raise Http404 from error
