"""Large uploads while they come in, and copies to be read: plain, so nothing of them may be left lying."""

import io
import os
import tempfile
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import resolve, reverse

from activities.forms.photos import PhotosField
from core.models import StoredFile
from core.spreadsheets import formats
from core.uploads import NamelessFileUploadHandler, has_too_large, refuse_too_large

CONTENT = b"a" * 3_000_000
ROOMS = {"core", "branches", "members", "activities", "portal"}
NAMES = ("file", "import_file")


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


@pytest.fixture
def megabyte(settings):
    """Files may have one megabyte."""
    limits = settings.SPREADSHEET_LIMITS | {"file_bytes": 1_048_576}
    settings.SPREADSHEET_LIMITS = limits
    return limits["file_bytes"]


@pytest.fixture
def post():
    """Send a form; what it brought is closed at the end."""
    requests = []

    def send(**data):
        requests.append(RequestFactory().post("/", data))
        return requests[-1]

    yield send
    for request in requests:
        request.close()


def opened():
    """How many files this process has open that have no name."""
    places = [Path(os.path.realpath(each)) for each in Path("/proc/self/fd").iterdir()]
    return sum(place.name.endswith("(deleted)") for place in places)


def test_a_file_above_the_limit_is_dropped_where_it_passes_it_and_the_form_stays(
    folder, megabyte, post
):
    before = opened()
    request = post(note="整份", file=SimpleUploadedFile("名册.csv", CONTENT), after="也在")
    upload = request.FILES["file"]
    assert (request.POST["note"], request.POST["after"], upload.name) == (
        "整份",
        "也在",
        "名册.csv",
    )
    assert (os.listdir(folder), opened()) == ([], before)
    assert (upload.size, upload.read()) == (megabyte + 1, b"")
    with pytest.raises(ValidationError, match="文件超过1兆，请分成几个文件上传。"):
        refuse_too_large(upload)


def forms_under(kind):
    """Every class of forms below KIND."""
    for each in kind.__subclasses__():
        yield each
        yield from forms_under(each)


def test_every_field_for_files_refuses_one_above_the_limit(megabyte):
    assert resolve("/")  # with the addresses come the pages and their forms
    large = SimpleUploadedFile("大.csv", b"")
    large.size = megabyte + 1
    asked = {
        (form.__qualname__, name): field
        for form in forms_under(forms.BaseForm)
        if form.__module__.partition(".")[0] in ROOMS
        for name, field in form.base_fields.items()
        if isinstance(field, forms.FileField)
    }
    library_s = {key for key in asked if key[1] == "import_file"}  # the pages' own test has them
    for field in (asked[key] for key in asked.keys() - library_s):
        sent = [large] if isinstance(field, PhotosField) else large
        with pytest.raises(ValidationError, match="文件超过1兆"):
            field.clean(sent)
    assert {"UploadForm", "SheetForm", "ThemeDayForm"} <= {form for form, _ in asked}


def test_a_file_as_large_as_the_limit_is_taken(folder, megabyte, post):
    content = b"a" * megabyte
    request = post(file=SimpleUploadedFile("名册.csv", content))
    assert request.FILES["file"].read() == content
    assert not has_too_large(request)


def test_one_file_too_large_takes_no_other_with_it(folder, megabyte, post):
    small = SimpleUploadedFile("小.csv", b"1")
    large = SimpleUploadedFile("大.csv", CONTENT)
    files = post(a=large, b=small).FILES
    assert (files["b"].read(), files["b"].size) == (b"1", 1)


class Untouched(io.RawIOBase):
    """A body of which nothing may be read."""

    def read(self, size: int = -1) -> bytes:
        """Fail."""
        raise AssertionError("the body was read")


def test_a_hopeless_body_is_not_read_at_all(client, megabyte):
    answer = client.generic(
        "POST",
        "/signin/",
        b"-",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(6 * megabyte),
        **{"wsgi.input": Untouched()},
    )
    assert answer.status_code == 413
    assert "文件最大20兆" in answer.text


@pytest.mark.django_db
def test_the_page_of_a_roster_says_so_and_keeps_what_was_filled_in(
    client_for, bureau_staff, branch, folder, megabyte
):
    office, address = client_for(bureau_staff), reverse("admin:members_rosterbatch_add")
    file = SimpleUploadedFile("名册.csv", CONTENT)
    answer = office.post(address, {"file": file, "branch": "QL0001"})
    assert answer.status_code == 413
    assert "文件超过1兆，请分成几个文件上传。" in answer.text
    assert 'value="QL0001"' in answer.text
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["admin:branches_branch_import", "admin:affiliation-sheet"])
def test_every_other_page_of_tables_says_so(client_for, superuser, folder, megabyte, address):
    sent = {name: SimpleUploadedFile("表.csv", CONTENT[:1_500_000]) for name in NAMES}
    answer = client_for(superuser).post(reverse(address), sent | {"format": "0"})
    assert (answer.status_code, "文件超过1兆，请分成几个文件上传。" in answer.text) == (413, True)
