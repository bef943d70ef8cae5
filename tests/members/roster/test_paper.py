"""The totals beside the figures of the paper form: compared, never kept."""

import pytest
from django.urls import reverse

from members.models import RosterBatch
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(write_csv, bureau_staff, secretary, branch):
    rows = [["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]]
    batch = checked(bureau_staff, write_csv(rows))
    assert batch.totals["distinct_ids"] == 2
    return batch


def words(answer):
    return {
        f"{group.label} {figure.label}": figure.words
        for group in answer.context["paper"]
        for figure in group.figures
        if figure.words
    }


def test_what_the_paper_says_is_compared(client_for, bureau_staff, batch):
    client = client_for(bureau_staff)
    page = reverse("admin:members_rosterbatch_change", args=[batch.pk])
    figures = {"paper-rows": "2", "paper-gender-0": "3", "paper-gender-1": "0"}
    answer = client.get(page, figures | {"paper-member_kind-0": "两个"})
    assert words(answer) == {
        "人数 名册共有": "相符",
        "性别 男": "相差2，纸上多",
        "性别 女": "相差1，纸上少",
        "党员类别 未填": "请填数字",
    }
    assert 'value="3"' in answer.text
    assert "<em>相符</em>" in answer.text
    before = RosterBatch.objects.values().get()
    client.get(page, {"paper-rows": "9" * 400})
    assert RosterBatch.objects.values().get() == before


def test_each_branch_is_compared_and_the_lines_add_up_to_the_rows(
    write_csv, client_for, bureau_staff, branch, other_branch
):
    rows = [
        ["张建国", number(1), "QL0001"],
        ["李秀英", number(2), "QL0002"],
        ["王志明", number(3), "QL0002"],
        ["李四海", number(5), "没有的"],
        ["周玉兰", number(6), ""],
    ]
    batch = checked(bureau_staff, write_csv(rows))
    page = reverse("admin:members_rosterbatch_change", args=[batch.pk])
    answer = client_for(bureau_staff).get(page, {"paper-branch-0": "2", "paper-astray": "0"})
    group = answer.context["paper"][-1]
    assert [(each.label, each.number) for each in group.figures] == [
        (other_branch.name, 2),
        (branch.name, 1),
        ("未填", 1),
        ("没有找到", 1),
    ]
    assert words(answer) == {
        f"党支部 {other_branch.name}": "相符",
        "党支部 没有找到": "相差1，纸上少",
    }
    assert 'name="paper-branch-1"' in answer.text


def test_a_secretary_types_one_figure(client_for, secretary, batch):
    RosterBatch.objects.update(by=secretary)
    page = reverse("members:batch", args=[batch.pk])
    assert "相差1，纸上多" in client_for(secretary).get(page, {"paper-rows": "3"}).text


def test_the_same_file_in_a_colleagues_hands_is_told(
    client_for, bureau_staff, street_staff, outsider, batch, tmp_path
):
    """Security §5a 84."""
    page = reverse("admin:members_rosterbatch_add")
    path = tmp_path / "roster.csv"

    def upload(user):
        with path.open("rb") as file:
            return client_for(user).post(page, {"file": file}, follow=True)

    answer = upload(street_staff)
    assert "顾明远" in answer.text
    assert reverse("admin:members_rosterbatch_change", args=[batch.pk]) in answer.text
    assert RosterBatch.objects.count() == 1
    upload(outsider)
    assert RosterBatch.objects.count() == 2
