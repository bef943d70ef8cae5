"""F15: the disk of the private files is full: refused in a sentence. Of what is being uploaded: test_postgres."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from core import exports, files
from core.actions import start_export
from core.models import AuditEvent, StoredFile, User
from core.runs import run_now
from core.spreadsheets import Refusal, RefusedFile
from tests.faults.disk import Disk, small_disk

pytestmark = pytest.mark.django_db
SENTENCE = "服务器的磁盘满了，文件没有存下。请打求助电话告诉我们。"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "small") as found:
        yield found


def test_f15_no_room_for_a_private_file(
    disk: Disk, settings: Any, bureau_staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F15, media: neither an upload nor an export leaves a piece behind."""
    settings.MEDIA_ROOT = disk.place
    noise = os.urandom(disk.room + 100_000)
    with pytest.raises(RefusedFile) as refused:
        files.keep_file(by=bureau_staff, name="名册.csv", source=ContentFile(noise))
    assert (refused.value.code, refused.value.message) == (Refusal.DISK_FULL, SENTENCE)
    assert (disk.left(), StoredFile.objects.count()) == ([], 0)

    monkeypatch.setattr(exports.Sheet, "write", lambda _, new, *__, **___: new.write(noise))
    order = exports.Order("members.member", (), "CSV", "年报")
    run = run_now(start_export(by=bureau_staff, order=order, ring=False))
    assert (run.state, run.error) == ("FAILED", SENTENCE)
    assert (disk.left(), StoredFile.objects.count()) == ([], 0)
    assert not AuditEvent.objects.filter(act="导出").exists()

    files.keep_file(by=bureau_staff, name="名册.csv", source=ContentFile(b"x"))
    assert len(disk.left()) == 1, "what fits is taken"
