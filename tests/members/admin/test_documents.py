"""Who has another document than the identity card, or none, in the record of the admin (domain §3.1)."""

import datetime as dt

import pytest

from branches.models import Branch
from core.models import User
from members.models import Member
from tests.factories.members import make_member
from tests.members.admin.test_form import ADD, BLANK_RECORD, Signed, change, record


@pytest.mark.parametrize(
    ("id_type", "id_number", "refused"),
    [
        ("2", "E12345678", set()),
        ("9", "", set()),
        ("2", "12", {"id_number"}),
        ("9", "E12345678", {"id_number"}),
        ("", "E12345678", {"id_number"}),
    ],
)
def test_who_has_another_document_or_none_is_registered_by_the_office(
    client_for: Signed,
    bureau_staff: User,
    branch: Branch,
    id_type: str,
    id_number: str,
    refused: set[str],
) -> None:
    sent = BLANK_RECORD | {"branch": branch.pk, "name": "张建国", "id_type": id_type}
    told = {"id_number": id_number, "gender": "1", "birth_date": "1950年1月2日"}
    response = client_for(bureau_staff).post(ADD, sent | told)
    if refused:
        assert response.context["adminform"].form.errors.keys() == refused
    else:
        kept = Member.objects.get()
        assert (kept.id_type, kept.id_number, kept.birth_date) == (
            id_type,
            id_number,
            dt.date(1950, 1, 2),
        )


def test_the_card_is_what_nobody_need_choose(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    form = client_for(bureau_staff).get(ADD).context["adminform"].form
    choices = dict(form.fields["id_type"].choices)
    assert choices[""] == "居民身份证"
    assert ("1" in choices, choices["9"]) == (False, "无证号")


def test_the_office_is_asked_about_somebody_alike_without_a_number_once(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    born = dt.date(1950, 1, 2)
    there = make_member(branch, "张建国", id_type="9", id_number="", birth_date=born, gender="1")
    sent = BLANK_RECORD | {"branch": branch.pk, "name": "张建国", "id_type": "9", "gender": "1"}
    sent |= {"birth_date": "1950年1月20日"}
    client = client_for(bureau_staff)
    assert "是不是同一位？" in client.post(ADD, sent).text
    ticked = client.post(ADD, sent | {"confirmed": ["name:NAME_SAKE_ALIKE"]})
    assert ticked.status_code == 302
    shown = client.get(change(there))
    assert "是不是同一位？" in shown.text, "a hint of what stands"
    assert (
        client.post(change(there), record(there, id_type="9", former_unit="区教育局")).status_code
        == 302
    )
