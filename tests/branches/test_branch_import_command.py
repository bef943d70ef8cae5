"""``manage.py import_branches``: what it counts, what it refuses, and in which words."""

import json
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from core.models import User
from tests.branches.test_branch_import import GOOD


@pytest.mark.usefixtures("community", "other_community", "far_community")
def test_the_command_counts_and_refuses(tmp_path: Path, bureau_staff: User) -> None:
    path = tmp_path / "b.csv"
    path.write_text(GOOD, encoding="utf-8")
    out, err = StringIO(), StringIO()
    call_command("import_branches", str(path), "--json", "--by", "bureau", stdout=out)
    counts = json.loads(out.getvalue())
    assert [counts[key] for key in ("rows", "created", "updated", "unchanged")] == [4, 4, 0, 0]
    path.write_text(GOOD.replace("党委,990101", "党总部,990101"), encoding="utf-8")
    with pytest.raises(CommandError) as refusal:
        call_command("import_branches", str(path), stderr=err)
    assert refusal.value.returncode == 2
    assert err.getvalue().startswith("第4行：没有“党总部”这种组织类别。可以写：工委、党委、")
    with pytest.raises(CommandError, match="没有登录名为 nobody 的用户"):
        call_command("import_branches", str(path), "--by", "nobody")
    with pytest.raises(CommandError) as missing:
        call_command("import_branches", str(tmp_path / "no.csv"), stderr=err)
    with (
        patch.object(Path, "open", side_effect=PermissionError),
        pytest.raises(CommandError) as locked,
    ):
        call_command("import_branches", str(path), stderr=err)
    assert str(missing.value) == f"没有找到文件“{tmp_path / 'no.csv'}”，请检查路径和文件名。"
    assert str(locked.value) == f"没有权限读文件“{path}”，请让执行命令的用户读得到它。"
