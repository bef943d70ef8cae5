"""The database taken back to before rosters could be taken back, with one that was."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from members.enums import ChunkKind, RosterState
from members.models import RosterBatch, RosterChunk
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, undone, written

pytestmark = pytest.mark.django_db


def test_only_chunks_of_the_older_form_stay(write_csv, bureau_staff, branch):
    path = write_csv([["张建国", number(1), "QL0001"]])
    undone(bureau_staff, written(bureau_staff, checked(bureau_staff, path)))
    written(bureau_staff, checked(bureau_staff, path))

    migration = import_module("members.migrations.0013_roster_undo")
    migration.forget_what_was_taken_back(apps, SimpleNamespace(connection=connection))

    chunks = RosterChunk.objects.order_by("pk").values_list("kind", "first_row", "created")
    assert list(chunks) == [(ChunkKind.WRITE, 2, 1), (ChunkKind.WRITE, 2, 1)]
    assert {batch.state for batch in RosterBatch.objects.all()} == {RosterState.DONE}
