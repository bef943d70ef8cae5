"""What is no file is refused in the same words by every import command, and keeps none waiting."""

import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

BY = ("--by", "bureau")
_DAY = "2026-08-01"
_HANDED_OVER = ("--unit=一厂", "--agreement=协议", "--handed-over=1", f"--handed-over-on={_DAY}")
IMPORTS = {
    "import_divisions": (),
    "import_branches": BY,
    "import_roster": BY,
    "import_links": BY,
    "import_transfers": (*BY, *_HANDED_OVER, "--letter=1", f"--issued-on={_DAY}"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("command", IMPORTS)
def test_what_is_no_file_is_said_plainly(command, tmp_path, bureau_staff):
    (tmp_path / "a.csv").touch()
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("pipe.csv", "a.csv/b.csv", f"{'a' * 300}.csv", "no.csv", ""):
        path, err = tmp_path / name, StringIO()
        with pytest.raises(CommandError) as refusal:
            call_command(command, str(path), *IMPORTS[command], stderr=err)
        said = f"{err.getvalue()}{refusal.value}"
        assert f"没有找到文件“{path}”，请检查路径和文件名。" in said
        assert "什么也没有写入" not in said
        assert refusal.value.returncode == 2
