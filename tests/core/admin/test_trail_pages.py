"""The trail in the admin."""

import pytest
from django.urls import reverse

from branches.models import Appointment
from core import audit
from tests.core.admin.addresses import adding, changing, listing, page

pytestmark = pytest.mark.django_db


class TestTrailPages:
    """The trail as a list."""

    def test_a_bureau_reads_its_own_territory(self, client_for, bureau_staff, outsider, branch):
        audit.record(by=bureau_staff, act="试一试", instance=branch)
        assert "试一试" in page(client_for(bureau_staff), listing("auditevent"))
        assert "试一试" not in page(client_for(outsider), listing("auditevent"))

    def test_a_row_shows_what_changed_in_words(self, client_for, auditor, secretary):
        before = audit.snapshot(secretary)
        secretary.display_name = "<b>陆</b>"
        event = audit.record(
            by=auditor, act="试", instance=secretary, before=before, after=audit.snapshot(secretary)
        )
        shown = page(client_for(auditor), changing("auditevent", event))
        assert "姓名：陆德贤 → &lt;b&gt;陆&lt;/b&gt;" in shown
        plain = audit.record(by=auditor, act="试", label="x", after={"行数": 5})
        assert "行数：— → 5" in page(client_for(auditor), changing("auditevent", plain))

    def test_a_row_says_choices_truths_and_nouns_as_people_do(self, client_for, auditor, secretary):
        post = Appointment.objects.get(user=secretary)
        event = audit.record(by=auditor, act="试", instance=post, after=audit.snapshot(post))
        shown = page(client_for(auditor), changing("auditevent", event))
        assert "角色：— → 支部书记" in shown
        assert f"编号：— → {post.pk}" in shown
        assert '<div class="readonly">任职</div>' in shown
        closed = {"is_active": False}
        event = audit.record(by=auditor, act="试", instance=secretary, after=closed)
        assert "启用：— → 否" in page(client_for(auditor), changing("auditevent", event))

    def test_nobody_changes_or_deletes_a_row(self, client_for, superuser):
        event = audit.record(by=superuser, act="试")
        client = client_for(superuser)
        assert client.post(changing("auditevent", event), {"act": "x"}).status_code == 403
        address = reverse("admin:core_auditevent_delete", args=[event.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
        assert client.get(adding("auditevent")).status_code == 403

    def test_periods_count_whole_days(self, client_for, auditor, time_machine):
        time_machine.move_to("2026-11-21 23:59+08:00", tick=False)
        audit.record(by=auditor, act="昨天的事")
        time_machine.move_to("2026-11-22 00:01+08:00", tick=False)
        audit.record(by=auditor, act="今天的事")
        client = client_for(auditor)
        today = page(client, listing("auditevent") + "?days=1")
        assert ("今天的事" in today, "昨天的事" in today) == (True, False)
        assert "昨天的事" in page(client, listing("auditevent") + "?days=7")
        assert "昨天的事" in page(client, listing("auditevent") + "?days=nonsense")
