"""Sending a private file to somebody whose right to it has been checked."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from core.models import StoredFile

UNKNOWN_TYPE = "application/octet-stream"


def private_file(stored: StoredFile) -> HttpResponseBase:
    """Send STORED as a download under the name its owner gave it; the caller has checked the scope.

    With ``X_ACCEL_PREFIX`` nginx sends the bytes and the worker is free at once. Nothing on the way
    may keep a copy. Raises FileNotFoundError when the file is gone.
    """
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX:
        if not default_storage.exists(stored.path):
            raise FileNotFoundError(stored.path)
        response = HttpResponse(headers={"X-Accel-Redirect": settings.X_ACCEL_PREFIX + stored.path})
    else:
        response = FileResponse(default_storage.open(stored.path, "rb"))
    response["Content-Type"] = stored.content_type or UNKNOWN_TYPE
    response["Content-Disposition"] = content_disposition_header(True, stored.name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
