"""Private files: whole or not at all, and only for their owner."""

import errno
import hashlib
import os
import stat
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from core import files
from core.crypto import UnreadableText
from core.models import AuditEvent, StoredFile
from core.runs import run_now, start_run
from core.runs.registry import nightly_kinds
from core.spreadsheets import Refusal, RefusedFile

pytestmark = pytest.mark.django_db
CONTENT = "姓名,性别\n".encode()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A private folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "private"
    return settings.MEDIA_ROOT


@pytest.fixture
def kept(member):
    return files.keep_file(
        by=member, name="名册.csv", source=SimpleUploadedFile("x", CONTENT), content_type="text/csv"
    )


def on_disk(media):
    return [path for path in Path(media).rglob("*") if path.is_file()]


def test_an_upload_is_kept_whole_under_our_name(kept, media):
    (path,) = on_disk(media)
    assert path == files.path_of(kept)
    assert path.name == kept.pk.hex
    assert CONTENT not in path.read_bytes(), "the disk alone says nothing"
    assert b"".join(files.open_file(StoredFile.objects.get())) == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (kept.size, kept.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert StoredFile.objects.get() == kept


def test_a_file_of_the_server_is_copied(member, tmp_path):
    source = tmp_path / "名册.csv"
    source.write_bytes(CONTENT)
    kept = files.keep_file(by=member, name=source.name, source=source, keep_days=7)
    assert b"".join(files.open_file(kept)) == CONTENT
    assert kept.expires_at is not None
    assert timedelta(days=6) < kept.expires_at - timezone.now() <= timedelta(days=7)
    assert source.exists()


def test_a_plain_copy_lives_in_memory_and_ends_with_its_block(kept, media):
    with files.plain_copy(kept) as handle:
        assert Path(f"/proc/self/fd/{handle}").read_bytes() == CONTENT
        assert len(on_disk(media)) == 1
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handle)


def test_a_file_from_before_the_sealing_is_read_as_it_lies(kept):
    files.path_of(kept).write_bytes(CONTENT)
    kept.key = ""
    assert b"".join(files.open_file(kept)) == CONTENT


def test_a_file_whose_key_is_lost_does_not_open(kept):
    kept.key = UnreadableText("x")
    with pytest.raises(FileNotFoundError):
        files.open_file(kept)


def test_what_is_not_kept_is_not_there(member, media):
    with files.new_file(by=member, name="名册.csv") as new:
        new.write(CONTENT)
        new.flush()
    assert (on_disk(media), StoredFile.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\桌面\\名册.xlsx", "名册.xlsx"),
        ("名册\u202exslx.exe", "名册xslx.exe"),
        ("\x00\n", "文件"),
        ("CON", "CON"),
        ("长" * 300 + ".xlsx", "长" * 196 + ".xlsx"),
        ("<b>.csv", "<b>.csv"),
    ],
)
def test_the_name_is_only_shown(typed, shown):
    """Security §5a 83."""
    assert files.shown_name(typed) == shown


def test_a_full_disk_leaves_nothing(member, media, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RefusedFile) as caught:
        files.keep_file(by=member, name="名册.csv", source=SimpleUploadedFile("x", CONTENT))
    assert caught.value.code == Refusal.DISK_FULL
    assert on_disk(media) == []
    assert not StoredFile.objects.exists()


def test_another_disk_error_is_no_full_disk(member, monkeypatch):
    def broken(_):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        files.keep_file(by=member, name="名册.csv", source=SimpleUploadedFile("x", CONTENT))


class TestDownload:
    """Handing out."""

    def test_the_owner_gets_it_as_an_attachment(self, client, member, kept):
        client.force_login(member)
        answer = client.get(reverse("file", args=[kept.pk]))
        assert b"".join(answer.streaming_content) == CONTENT
        assert (answer["Content-Type"], answer["Content-Length"]) == ("text/csv", str(len(CONTENT)))
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert AuditEvent.objects.latest("pk").act == "下载文件"

    def test_another_user_and_an_unknown_file_look_alike(self, client, outsider, superuser, kept):
        client.force_login(superuser)
        assert client.get(reverse("file", args=[kept.pk])).status_code == 404, "P16: nobody else's"
        client.force_login(outsider)
        answers = [client.get(reverse("file", args=[pk])) for pk in (kept.pk, uuid.uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert len(answers[0].content) == len(answers[1].content)

    def test_it_is_over_from_the_minute_on(self, client, member, kept):
        StoredFile.objects.update(expires_at=timezone.now())
        client.force_login(member)
        assert client.get(reverse("file", args=[kept.pk])).status_code == 404
        assert files.path_of(kept).exists(), "the sweep comes at night"

    def test_a_stranger_signs_in_first(self, client, kept):
        assert client.get(reverse("file", args=[kept.pk])).status_code == 302

    def test_a_file_that_is_gone_is_not_found(self, client, member, kept):
        files.path_of(kept).unlink()
        client.force_login(member)
        assert client.get(reverse("file", args=[kept.pk])).status_code == 404


class TestSweep:
    """What is over goes, what is in use stays."""

    def test_expired_and_orphaned_files_go(self, member, kept, media):
        expired = files.keep_file(
            by=member, name="b", source=SimpleUploadedFile("x", b"b"), keep_days=-1
        )
        orphan, fresh = media / "files" / "aa" / "a", media / "files" / "aa" / "b"
        orphan.parent.mkdir(parents=True, exist_ok=True)  # a kept file's own name may begin so
        orphan.write_bytes(b"x")
        fresh.write_bytes(b"y")
        long_ago = time.time() - 2 * 24 * 3600
        os.utime(orphan, (long_ago, long_ago))
        os.utime(files.path_of(kept), (long_ago, long_ago))
        with TestCase.captureOnCommitCallbacks(execute=True):
            assert files.sweep_files() == (1, 1)
        assert sorted(path.name for path in on_disk(media)) == sorted([kept.pk.hex, "b"])
        assert not StoredFile.objects.filter(pk=expired.pk).exists()

    def test_what_was_cut_off_is_gone_within_a_day(self, member, media):
        """F3: it was young at one sweep, and the next finds it."""
        orphan = media / "files" / "aa" / "a"
        orphan.parent.mkdir(parents=True)
        orphan.write_bytes(b"x")
        cut_off = time.time() - (24 - nightly_kinds()["nightly.sweep_files"]) * 3600
        os.utime(orphan, (cut_off, cut_off))
        assert files.sweep_files() == (0, 1)

    def test_it_is_nightly_work(self, kept):
        run = run_now(start_run(by=None, kind="nightly.sweep_files", key="x", ring=False))
        assert run.result == {"expired": 0, "orphans": 0}


def test_a_file_that_was_there_before_is_closed_to_others_too(tmp_path):
    place = tmp_path / "old.csv"
    place.write_bytes(b"x")
    place.chmod(0o644)
    with files.private_writer(place) as stream:
        stream.write(CONTENT)
    assert (stat.S_IMODE(place.stat().st_mode), place.read_bytes()) == (0o600, CONTENT)
