"""Uploads on their way in."""

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


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
