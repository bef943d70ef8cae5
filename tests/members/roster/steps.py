"""A roster through its steps by the acts themselves, in this process."""

from pathlib import Path
from typing import Any

from core.files import keep_file
from core.models import StoredFile, User
from core.runs import run_now
from members.actions.roster import check_roster, confirm_roster, open_roster, undo_roster
from members.models import RosterBatch


def kept(user: User, path: Path) -> StoredFile:
    """Return the file at PATH as USER's upload."""
    return keep_file(by=user, name=path.name, source=path)


def checked(user: User, path: Path, **options: Any) -> RosterBatch:
    """Return the batch of the file at PATH, checked as USER's."""
    batch = open_roster(by=user, file=kept(user, path), **options)
    batch = check_roster(by=user, batch=batch, ring=False)
    assert batch.check_run is not None
    run_now(batch.check_run)
    batch.refresh_from_db()
    return batch


def written(user: User, batch: RosterBatch, choice: str = "", **options: Any) -> RosterBatch:
    """Confirm BATCH with CHOICE for those who differ, and write it."""
    batch = confirm_roster(by=user, batch=batch, on_duplicate=choice, ring=False, **options)
    assert batch.write_run is not None
    run_now(batch.write_run)
    batch.refresh_from_db()
    return batch


def undone(user: User, batch: RosterBatch, reason: str = "传错了名册") -> RosterBatch:
    """Take BATCH back for REASON."""
    batch = undo_roster(by=user, batch=batch, reason=reason, ring=False)
    assert batch.undo_run is not None
    run_now(batch.undo_run)
    batch.refresh_from_db()
    return batch
