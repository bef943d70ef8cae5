"""The bureau names the levels of its territory; their codes stay (domain §0 N6)."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.actions import create_area
from branches.division_plan import DivisionPlan
from branches.divisions import Division, Divisions
from branches.levels import LevelNames
from branches.models import Area
from core.models import Code, User

Signed = Callable[[User], Client]
AREAS = reverse("admin:branches_area_changelist")


@pytest.fixture
def towns(client_for: Signed, sysadmin: User) -> Code:
    """The level of streets, called 镇 by way of its form."""
    code = Code.objects.get(table="area_level", code="2")
    page = reverse("admin:core_code_change", args=[code.pk])
    client = client_for(sysadmin)
    form = client.get(page).context["adminform"].form
    assert set(form.fields) == {"name", "aliases"}
    sent = {"name": "镇", "aliases": "街道、乡", "code": "9", "table": "gender"}
    assert client.post(page, sent).status_code == 302
    code.refresh_from_db()
    assert (code.table, code.code, code.name) == ("area_level", "2", "镇")
    return code


def test_the_list_and_its_filter_say_what_the_level_is_called(
    towns: Code, client_for: Signed, bureau_staff: User, street: Area, community: Area
) -> None:
    client = client_for(bureau_staff)
    page = client.get(AREAS).text
    assert '<td class="field-level_name">镇</td>' in page
    assert '<a href="?level=2">镇</a>' in page
    assert ">街道</" not in page
    found = client.get(AREAS, {"level": "2"}).context["cl"].result_list
    assert [area.pk for area in found] == [street.pk]
    assert list(client.get(AREAS, {"level": "x"}).context["cl"].result_list) == []


def test_sentences_say_it(towns: Code, district: Area, community: Area) -> None:
    faults = []
    for code, level, parent in (
        ("990101005000", 2, None),
        ("990101001009", 3, district),
        ("990101", 2, district),
    ):
        with pytest.raises(ValidationError) as refused:
            create_area(by=None, code=code, name="新地方", level=level, parent=parent)
        faults += refused.value.messages
    assert faults == [
        "镇必须有上级区划，请先选上级。",
        "社区的上级必须是镇，请重新选上级。",
        "镇代码应是12位数字，后3位为0。",
    ]


def test_faults_of_a_file_say_it(towns: Code) -> None:
    rows = [
        Division(line=2, code="990101000000", name="某区", parent=""),
        Division(line=3, code="990101001001", name="某社区", parent="990101000000"),
    ]
    file = Divisions(rows)
    (problem,) = DivisionPlan(file, {}, LevelNames()).problems
    assert problem.message == "社区的上级必须是镇，不能是区县，请检查上级区划代码。"


def test_the_names_are_read_once_and_only_where_one_is_said(
    client_for: Signed, bureau_staff: User, district: Area, street: Area
) -> None:
    with CaptureQueriesContext(connection) as captured:
        names = LevelNames()
        assert len(captured) == 0
        assert [names[level] for level in (-1, 0, 1, 2)] == ["省", "市", "区县", "街道"]
    assert len(captured) == 1
    client = client_for(bureau_staff)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("admin:branches_branch_changelist"))
    assert [query for query in captured if "area_level" in query["sql"]] == []
    with CaptureQueriesContext(connection) as captured:
        client.get(AREAS)
    assert len(captured) <= 12
