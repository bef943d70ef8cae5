"""Who brought a roster in, took its numbers out or threw it away stands in the trail (security §7)."""

import pytest
from django.urls import reverse

from core.models import AuditEvent
from members.models import RosterBatch
from tests.members.roster.conftest import number
from tests.members.roster.test_pages import act, checked

pytestmark = pytest.mark.django_db
HEADING = "姓名,公民身份号码,支部代码\n"
GOOD = f"张建国,{number(1)},QL0001\n"
BAD = "李秀英,12345,QL0001\n"


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


def told(batch: RosterBatch) -> list[tuple[str, str, str]]:
    """Return act, who, note; the check itself apart, which tells its figures."""
    events = AuditEvent.objects.filter(object_type="members.rosterbatch", object_id=batch.pk)
    return [
        (each.act, each.by_name, each.note)
        for each in events.exclude(act="核对名册").order_by("pk")
    ]


def test_who_takes_the_rejected_rows_out_is_on_record(office, bureau_staff, branch):
    batch = checked(office, HEADING + GOOD + BAD)
    sent = office.get(reverse("admin:roster-rejected", args=[batch.pk]))
    assert b"".join(sent.streaming_content)
    assert told(batch) == [
        ("上传名册", str(bureau_staff), ""),
        ("下载退回的行", str(bureau_staff), ""),
    ]


def test_whoever_is_refused_takes_nothing_out(office, client_for, superuser, branch):
    batch = checked(office, HEADING + GOOD + BAD)
    refused = client_for(superuser).get(reverse("admin:roster-rejected", args=[batch.pk]))
    assert refused.status_code == 404
    assert [act for act, *_ in told(batch)] == ["上传名册"]


def test_a_roster_given_up_by_a_colleague_says_whose_it_was(
    office, client_for, bureau_staff, superuser, branch
):
    batch = checked(office, HEADING + GOOD)
    act(client_for(superuser), batch, "discard", sure="1")
    act(client_for(superuser), batch, "discard", sure="1")
    assert told(batch) == [
        ("上传名册", str(bureau_staff), ""),
        ("放弃名册", str(superuser), f"由{bureau_staff}上传。"),
    ]
