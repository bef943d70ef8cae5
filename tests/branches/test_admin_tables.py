"""Tables of organisations in the admin: checked, shown, written once, taken out."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from branches.models import Area, Branch
from core.models import StoredFile, User
from core.spreadsheets import open_table
from tests.branches.addresses import Signed, address


def upload(client: Client, content: str, **fields: str) -> Any:
    file = SimpleUploadedFile("组织.csv", content.encode())
    return client.post(
        address("branch", "import"), {"import_file": file, "format": "1", "resource": "", **fields}
    )


TABLE = "组织代码,组织名称,组织类别,所在区划代码,上级组织代码,成立日期\n"


def test_a_table_is_checked_shown_and_written(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},2026-01-01\n"
    same = f"{branch.code},{branch.name},党支部,{branch.area.code},,2016-11-01\n"
    checked = upload(client, TABLE + row + same)
    assert not Branch.objects.filter(code="N1").exists()
    assert "新党小组" in checked.content.decode()
    confirmed = client.post(
        address("branch", "process_import"), checked.context["confirm_form"].initial, follow=True
    )
    assert "导入完成：新增1个，修改0个，没有变化1个。" in confirmed.content.decode()
    assert Branch.objects.get(code="N1").parent == branch


def test_a_formula_without_a_stored_result_is_refused_in_its_cell(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    book, stream = Workbook(), BytesIO()
    book.active.append(TABLE.strip().split(","))
    area = branch.area.code
    book.active.append(["N1", "新党小组", "党小组", area, f'=CONCATENATE("{branch.code}","")', ""])
    book.active.append(["", "", "", "", "=E2", ""])
    book.save(stream)
    file = SimpleUploadedFile("组织.xlsx", stream.getvalue())
    said = client_for(bureau_staff).post(
        address("branch", "import"), {"import_file": file, "format": "0", "resource": ""}
    )
    rows = said.context["result"].invalid_rows
    assert [(row.number, list(row.error.message_dict)) for row in rows] == [(2, ["上级组织代码"])]
    assert "没有存下算出的结果" in said.text


def test_a_branch_that_a_table_renames_shows_it_on_its_page(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    row = f"{branch.code},槐荫第一党支部,党支部,{branch.area.code},,2016-11-01\n"
    checked = upload(client, TABLE + row)
    client.post(address("branch", "process_import"), checked.context["confirm_form"].initial)
    page = client.get(address("branch", "change", branch.pk)).content.decode()
    assert f">组织名称：{branch.name} → 槐荫第一党支部</td>" in page
    assert ">导入：组织.csv</td>" in page


def test_a_title_above_the_headings_is_taken_as_by_the_command(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},2026-01-01\n"
    checked = upload(client, "青澜区党组织一览表\n" + TABLE + row)
    assert "新党小组" in checked.content.decode()
    answer = checked.context["confirm_form"].initial
    confirmed = client.post(address("branch", "process_import"), answer, follow=True)
    assert "导入完成：新增1个" in confirmed.content.decode()
    assert Branch.objects.get(code="N1").parent == branch


def test_the_preview_says_what_is_taken_otherwise_than_written(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},1952.3\n"
    page = upload(client_for(bureau_staff), TABLE + row).content.decode()
    assert "第2行：成立日期只写到月，按1952-03-01登记。" in page
    assert "<td>1952-03-01</td>" in page


def test_the_preview_shows_the_tie_where_the_table_has_one(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    row = f"N1,新临时党支部,临时党支部,{branch.area.code},,2026-01-01,地\n"
    page = upload(client_for(bureau_staff), TABLE.strip() + ",三缘\n" + row).content.decode()
    assert '<th scope="col">三缘</th>' in page
    assert "<td>地缘</td>" in page


def test_an_upload_is_confirmed_once_and_by_who_sent_it(
    client_for: Signed, bureau_staff: User, street_staff: User, branch: Branch, tmp_path: Path
) -> None:
    """P13: somebody else's upload is not there; nor is any other file of the machine."""
    victim = tmp_path / "other"
    victim.write_text("keep")
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},2026-01-01\n"
    sender, other = client_for(bureau_staff), client_for(street_staff)
    sent = upload(sender, TABLE + row).context["confirm_form"].initial
    for client, name in (
        (other, sent["import_file_name"]),
        (sender, str(victim)),
        (sender, "../../etc/passwd"),
        (sender, "a" * 300),
    ):
        answer = client.post(
            address("branch", "process_import"), {**sent, "import_file_name": name}, follow=True
        )
        assert "这份文件已经不在了：导入过，或者已按期删除。请重新上传。" in answer.content.decode()
    assert not Branch.objects.filter(code="N1").exists()
    assert victim.read_text() == "keep"

    sender.post(address("branch", "process_import"), sent)
    again = sender.post(address("branch", "process_import"), sent, follow=True)

    assert "请重新上传" in again.content.decode()
    assert Branch.objects.filter(code="N1").count() == 1
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("sent", [{"format": "99"}, {"format": "x"}, {"resource": "9"}])
def test_a_confirmation_cannot_ask_to_be_read_otherwise(
    client_for: Signed, bureau_staff: User, branch: Branch, sent: dict[str, str]
) -> None:
    client = client_for(bureau_staff)
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},2026-01-01\n"
    answer = upload(client, TABLE + row).context["confirm_form"].initial | sent
    confirmed = client.post(address("branch", "process_import"), answer, follow=True)
    assert "导入完成：新增1个" in confirmed.content.decode()


def test_every_fault_of_a_table_is_listed(
    client_for: Signed, bureau_staff: User, far_branch: Branch, community: Area
) -> None:
    client = client_for(bureau_staff)
    checked = upload(
        client,
        TABLE + f"N1,甲,党支部,{far_branch.area.code},,\nN2,乙,无此类,{community.code},,\n",
    )
    page = checked.content.decode()
    assert "有 2 行没有通过检查，一条也没有写入" in page
    assert f"区划代码{far_branch.area.code}不在系统里，或不在您的管理范围内" in page
    assert "没有“无此类”这种组织类别" in page
    assert "confirm_form" not in checked.context
    assert "没有找到表头" in upload(client, "甲,乙\n1,2\n").content.decode()
    assert Branch.objects.count() == 1


def test_a_sentence_that_names_its_column_is_not_told_under_it_once_more(
    client_for: Signed, bureau_staff: User, community: Area
) -> None:
    row = f"N1,甲,党支部,{community.code},,1996.1\n"
    page = upload(client_for(bureau_staff), TABLE + row).content.decode()
    assert "<li>成立日期“1996.1”：分不清是1月还是10月" in page


def test_faults_and_notes_name_the_rows_that_the_file_has(
    client_for: Signed, bureau_staff: User, community: Area
) -> None:
    """A blank line under a title is a row, too, for whoever looks for it in his program."""
    client = client_for(bureau_staff)
    above = "青澜区党组织一览表\n\n" + TABLE
    faulty = f"N1,甲,党支部,{community.code},,\n\nN2,乙,无此类,{community.code},,\n"
    checked = upload(client, above + faulty)
    (row,) = checked.context["result"].invalid_rows
    assert row.number == 6
    assert row.values[:2] == ("N2", "乙")
    assert '<th scope="row">6</th>' in checked.content.decode()
    noted = upload(client, f"{above}\nN1,甲,党支部,{community.code},,1952.3\n")
    assert "第5行：成立日期只写到月，按1952-03-01登记。" in noted.content.decode()


def test_what_goes_out_comes_back_in(
    client_for: Signed, bureau_staff: User, group: Branch, far_branch: Branch, tmp_path: Any
) -> None:
    client = client_for(bureau_staff)
    page = client.get(address("branch", "export"))
    fields = {name: "on" for name in page.context["form"].fields if name.startswith("branchres")}
    sent = client.post(
        address("branch", "export"), {"format": "0", "resource": "0", "purpose": "核对", **fields}
    )
    path = tmp_path / "out.xlsx"
    path.write_bytes(BytesIO(sent.content).getvalue())
    with open_table(path) as table:
        rows = [cells for _, cells in table.rows()]
    assert [row[0] for row in rows] == ["组织代码", "QL0001", "QL0001-1"]
    file = SimpleUploadedFile("out.xlsx", sent.content)
    again = client.post(
        address("branch", "import"), {"import_file": file, "format": "0", "resource": ""}
    )
    assert again.context["result"].totals["skip"] == 2


@pytest.mark.parametrize("name", ["branch", "area"])
def test_of_which_kind_a_table_is_nobody_is_asked(
    client_for: Signed, bureau_staff: User, name: str
) -> None:
    page = client_for(bureau_staff).get(address(name, "import"))
    form = page.context["form"]
    assert [field.name for field in form.visible_fields()] == ["import_file"]
    assert "guess_format" not in page.text


@pytest.mark.parametrize("sent", [{}, {"format": "0"}, {"format": "7"}])
def test_what_is_sent_as_its_kind_changes_nothing(
    client_for: Signed, bureau_staff: User, community: Area, sent: dict[str, str]
) -> None:
    table = f"{TABLE}QL0200,柳岸党支部,党支部,{community.code},,2016\n"
    file = SimpleUploadedFile("党组织.csv", table.encode("gb18030"))
    client = client_for(bureau_staff)
    checked = client.post(
        address("branch", "import"), {"import_file": file, "resource": "", **sent}
    )
    told = checked.context["confirm_form"].initial
    client.post(address("branch", "process_import"), told, follow=True)
    assert Branch.objects.filter(code="QL0200").exists()
