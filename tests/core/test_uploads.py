"""Large uploads while they come in, and copies to be read: plain, so nothing of them may be left lying."""

import os
import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from core.spreadsheets import formats
from core.uploads import NamelessFileUploadHandler

CONTENT = b"a" * 3_000_000


@pytest.fixture
def folder(settings, tmp_path, monkeypatch):
    """The only folder in which temporary files are made."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_large_upload_has_no_name_that_a_killed_process_could_leave(folder):
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("名册.csv", CONTENT)})
    upload = request.FILES["file"]
    assert os.listdir(folder) == []
    assert (upload.name, upload.size, b"".join(upload.chunks())) == (
        "名册.csv",
        len(CONTENT),
        CONTENT,
    )
    request.close()
    assert upload.closed


def test_an_upload_that_breaks_off_is_closed(folder):
    handler = NamelessFileUploadHandler()
    handler.new_file("file", "名册.csv", "text/csv", len(CONTENT))
    handler.receive_data_chunk(CONTENT, 0)
    handler.upload_interrupted()
    assert (handler.file.closed, os.listdir(folder)) == (True, [])


def test_a_small_table_is_read_from_memory(folder, monkeypatch):
    seen = []
    opened = formats.open_table

    def looking(source):
        seen.append((os.listdir(folder), os.readlink(Path(f"/proc/self/fd/{source}"))))
        return opened(source)

    monkeypatch.setattr(formats, "open_table", looking)
    dataset = formats.SafeCsv().create_dataset("姓名,电话\n张建国,16112345678\n".encode())
    assert dataset.dict == [{"姓名": "张建国", "电话": "16112345678"}]
    ((left, where),) = seen
    assert (left, where.startswith("/memfd:")) == ([], True)
