"""Uploads on their way in: how large one may be, and where it lies meanwhile."""

import io
import tempfile
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from core.spreadsheets import Limits, Refusal

# A body so many times as long as a file may be is not even read to its end: the form is lost, and
# nobody sends such a file from a page that says how large it may be.
_HOPELESS = 5
_MARK = "_has_too_large_upload"


def has_too_large(request: HttpRequest) -> bool:
    """Say whether a file of REQUEST, as far as it was read, was above the limit."""
    return getattr(request, _MARK, False)


def refuse_too_large(upload: "UploadedFile[bytes]") -> None:
    """Raise ValidationError for an UPLOAD above the limit: every field for files asks this.

    Nothing was kept of it (``BoundedUploadHandler``), so whoever does not ask reads an empty file.
    """
    limits = Limits.of_settings()
    if upload.size is not None and upload.size > limits.file_bytes:
        raise ValidationError(limits.refuse(Refusal.TOO_BIG).message)


class BoundedUploadHandler(FileUploadHandler):
    """Stops keeping a file where it passes the limit (security §5a 84); comes before those that keep.

    The rest of the body is still read, and dropped: so the answer reaches the browser, and what else
    was filled in stays in the form.
    """

    _most = 0
    _is_over = False

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, *args: Any, **options: Any
    ) -> None:
        """Refuse a hopeless body before any of it is read. RequestDataTooBig."""
        self._most = Limits.of_settings().file_bytes
        if content_length > self._most * _HOPELESS:
            raise RequestDataTooBig(f"Request body of {content_length} bytes.")

    def new_file(self, *args: Any, **options: Any) -> None:
        """Begin the next file."""
        super().new_file(*args, **options)
        self._is_over = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass on what came, up to the limit."""
        if not self._is_over and start + len(raw_data) > self._most:
            self._is_over = True
            self._drop()
        return None if self._is_over else raw_data

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        """Return, for a file that is too large, one that says so and holds nothing; of others say nothing."""
        if not self._is_over:
            return None
        return UploadedFile(io.BytesIO(), self.file_name, size=self._most + 1)

    def _drop(self) -> None:
        """Let go of what the others kept so far, at once and not when the request ends."""
        setattr(self.request, _MARK, True)
        for handler in self.request.upload_handlers if self.request else ():
            kept = getattr(handler, "file", None)
            if kept is not None:
                kept.close()


class NamelessFileUploadHandler(FileUploadHandler):
    """Takes an upload that is too large for memory into a file without a name.

    Django's TemporaryFileUploadHandler gives it one, and a process that is killed in the middle
    leaves it there, unsealed (security §5b F3).
    """

    file: "UploadedFile[bytes]"

    def new_file(self, *args: Any, **options: Any) -> None:
        """Begin the file."""
        super().new_file(*args, **options)
        self.file = UploadedFile(
            tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR),  # noqa: SIM115 -- the request closes it
            self.file_name,
            self.content_type,
            0,
            self.charset,
            self.content_type_extra,
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Add what came."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        """Return the file, to be read from its beginning."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Close what came so far: with that it is gone."""
        if hasattr(self, "file"):
            self.file.close()
