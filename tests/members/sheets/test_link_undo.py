"""A sheet of managing links taken back: never in force, on record, not where later work stands on it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from activities.models import Activity, Attendance
from core.models import AuditEvent
from members.actions import add_link, end_link, transfer_member, undo_links
from members.actions.moving import withdraw
from members.enums import LINK_KINDS
from members.models import Affiliation, LinkBatch, Member
from tests.factories.members import make_link_batch
from tests.members.admin.test_sheets import text_of

pytestmark = pytest.mark.django_db
WHY = "传错了表"
LATER = dt.date(2026, 8, 10)


def in_force():
    ties = Affiliation.objects.current().filter(kind__in=LINK_KINDS).order_by("pk")
    return list(ties.values_list("member__name", "branch__code"))


def test_the_links_were_never_in_force_and_others_stay(
    bureau_staff, people, branch, other_branch, community
):
    add_link(by=None, member=people[0], branch=other_branch, kind="COMMUNITY")
    before = in_force()
    Member.objects.update(roster_mark="known")
    batch = make_link_batch(other_branch, *people, by=bureau_staff)  # the first stands already
    assert (batch.number, len(in_force())) == (2, 3)
    begun = Affiliation.objects.filter(link_batch=batch).order_by("pk")
    assert [tie.member for tie in begun] == people[1:]

    undo_links(by=bureau_staff, batch=batch, reason=WHY)

    assert in_force() == before
    assert {(tie.ending, tie.end_reason) for tie in begun.all()} == {
        ("已撤回", "活动组织登记已撤回")
    }
    assert list(Member.objects.order_by("pk").values_list("roster_mark", flat=True)) == [
        *("known", "", ""),
    ]
    event = AuditEvent.objects.get(act="撤回活动组织登记")
    assert (event.by, event.note, event.area_path) == (
        bureau_staff,
        f"撤回2个。{WHY}",
        batch.area_path,
    )
    undo_links(by=bureau_staff, batch=batch, reason="再按一次")
    assert AuditEvent.objects.filter(act="撤回活动组织登记").count() == 1
    again = make_link_batch(other_branch, *people, by=bureau_staff)
    assert (again.number, len(in_force())) == (2, 3)


def test_later_work_keeps_the_sheet_and_is_told_with_the_names(
    bureau_staff, people, branch, other_branch
):
    batch = make_link_batch(other_branch, *people, by=bureau_staff)
    first, second, third = Affiliation.objects.filter(link_batch=batch).order_by("pk")
    day = Activity.objects.create(
        kind_id="activity.theme_day",
        branch=other_branch,
        period="2026-09",
        date=dt.date(2026, 9, 5),
    )
    for tie, is_due in ((first, False), (second, True), (third, False)):
        Attendance.objects.create(
            activity=day, member=tie.member, home_branch=branch, state="PRESENT", is_due=is_due
        )
    before = in_force()
    with pytest.raises(ValidationError) as refused:
        undo_links(by=bureau_staff, batch=batch, reason=WHY)
    assert refused.value.messages[1:] == [
        "那里的活动记录里，已经列入应到名单：李德明。",
    ]
    assert (in_force(), LinkBatch.objects.get().is_undone) == (before, False)


def test_a_link_that_ended_since_stays_with_its_day_and_reason(bureau_staff, people, other_branch):
    batch = make_link_batch(other_branch, *people, by=bureau_staff)
    first = Affiliation.objects.filter(link_batch=batch).earliest("pk")
    end_link(by=None, affiliation=first, on=LATER, reason="搬走")

    undone = undo_links(by=bureau_staff, batch=batch, reason=WHY)

    assert "已撤回2个活动组织关系；另有1个后来已结束，保持不变。" in undone.sentence()
    first.refresh_from_db()
    assert (first.ending, first.end_reason, in_force()) == (LATER, "搬走", [])
    assert AuditEvent.objects.get(act="撤回活动组织登记").note == f"撤回2个。{WHY}"
    assert undo_links(by=bureau_staff, batch=batch, reason="再按一次") == undone


def test_a_sheet_of_which_nothing_stands_is_not_taken_back(bureau_staff, people, other_branch):
    batch = make_link_batch(other_branch, people[0], by=bureau_staff)
    end_link(by=None, affiliation=Affiliation.objects.get(link_batch=batch), on=LATER)
    with pytest.raises(ValidationError, match="登记的关系后来都已结束，没有要撤回的。"):
        undo_links(by=bureau_staff, batch=batch, reason=WHY)
    assert not LinkBatch.objects.get().is_undone


def test_both_ends_must_still_be_the_actors(
    bureau_staff, street_staff, secretary, outsider, member, people, other_branch, far_branch
):
    batch = make_link_batch(other_branch, *people[:2], by=bureau_staff)
    with pytest.raises(PermissionDenied):
        undo_links(by=member, batch=batch, reason=WHY)
    for who in (outsider, street_staff, secretary):
        with pytest.raises(LinkBatch.DoesNotExist):
            undo_links(by=who, batch=batch, reason=WHY)
    LinkBatch.objects.update(area_path=people[0].area_path)
    # Who went on is counted, not named: his name is no longer the street's to see.
    transfer_member(by=None, member=people[0], to=far_branch, on=LATER, document="介字9")
    with pytest.raises(ValidationError) as refused:
        undo_links(by=street_staff, batch=batch, reason=WHY)
    assert refused.value.messages[1:] == [
        "已不在您的管理范围，请联系上级老干部局：李德明；另有1人。",
    ]


def test_a_link_withdrawn_before_is_in_nobodys_way(bureau_staff, people, other_branch):
    batch = make_link_batch(other_branch, *people[:2], by=bureau_staff)
    withdraw(Affiliation.objects.filter(member=people[0], branch=other_branch), "别的原因")
    undo_links(by=bureau_staff, batch=batch, reason=WHY)
    assert in_force() == []


def test_the_page_lists_the_sheet_leads_to_its_links_and_takes_it_back(
    client_for, bureau_staff, outsider, people, other_branch
):
    batch = make_link_batch(other_branch, *people[:2], by=bureau_staff)
    client = client_for(bureau_staff)
    ties = reverse("admin:members_affiliation_changelist")
    assert reverse("admin:members_linkbatch_changelist") in text_of(client.get(ties))
    page = reverse("admin:members_linkbatch_change", args=[batch.pk])
    undo = reverse("admin:linkbatch-undo", args=[batch.pk])
    shown = text_of(client.get(page))
    assert f'href="{undo}"' in shown
    assert f'href="{ties}?link_batch={batch.pk}"' in shown
    begun = text_of(client.get(f"{ties}?link_batch={batch.pk}"))
    assert [each.name in begun for each in people] == [True, True, False]
    assert "张建国" not in text_of(client_for(outsider).get(f"{ties}?link_batch={batch.pk}"))
    done = text_of(client.post(undo, {"reason": WHY}, follow=True))
    assert "已撤回2个活动组织关系" in done
    assert undo not in done
    assert WHY in done
    lists = text_of(client.get(reverse("admin:members_linkbatch_changelist")))
    assert "已撤回" in lists
