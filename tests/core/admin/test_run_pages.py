"""Background work in the admin."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.enums import RunState
from core.models import BackgroundRun
from core.runs import engine, nightly, start_run
from core.tiles import failed_runs
from tests.core.admin.addresses import changing, listing, page

pytestmark = pytest.mark.django_db


class TestRunPages:
    """One's own runs."""

    def test_only_ones_own(self, client_for, bureau_staff, outsider):
        run = start_run(by=bureau_staff, kind="no.such.kind", key="mine")
        BackgroundRun.objects.update(done=3, total=9)
        shown = page(client_for(bureau_staff), listing("backgroundrun"))
        assert "已处理3行，共9行" in shown
        assert reverse("run", args=[run.pk]) in shown
        assert "no.such.kind" not in page(client_for(outsider), listing("backgroundrun"))
        assert client_for(outsider).get(changing("backgroundrun", run)).status_code in {302, 404}
        assert "已处理3行，共9行" in page(client_for(bureau_staff), changing("backgroundrun", run))

    def test_work_that_failed_stands_on_the_front_page(
        self, client_for, sysadmin, auditor, bureau_staff, time_machine
    ):
        time_machine.move_to("2026-11-22 10:00+08:00", tick=False)
        swept = start_run(by=None, kind="nightly.sweep_files", key="n")
        old = start_run(by=None, kind="nightly.sweep_files", key="o")
        mine = start_run(by=bureau_staff, kind="no.such.kind", key="m")
        ended = {"state": RunState.FAILED, "error": "断电"}
        BackgroundRun.objects.update(finished_at=timezone.now(), **ended)
        BackgroundRun.objects.filter(pk=old.pk).update(finished_at="2026-11-14T10:00+08:00")
        for user, seen in ((sysadmin, swept), (auditor, swept), (bureau_staff, mine)):
            (tile,) = failed_runs(user)
            assert (tile.label, tile.count) == ("后台工作没有做完", 1)
            rows = client_for(user).get(tile.url).context["cl"].queryset
            assert list(rows) == [seen]
        assert client_for(sysadmin).get(reverse("run", args=[swept.pk])).status_code == 200
        assert client_for(sysadmin).get(reverse("run", args=[mine.pk])).status_code == 404

    def test_failed_nightly_work_says_what_to_do_and_can_be_done_again(
        self, client_for, sysadmin, runners
    ):
        @nightly("nightly.breaks", name="夜间清理")
        def breaks(run, progress):
            raise OSError(f"no space left on {run.pk}")

        run = start_run(by=None, kind="nightly.breaks", key="n")
        for _ in range(engine.MAX_ATTEMPTS):
            engine.attend(run.pk)
        client = client_for(sysadmin)
        (tile,) = failed_runs(sysadmin)
        for shown in (page(client, tile.url), page(client, reverse("run", args=[run.pk]))):
            assert "夜间清理" in shown
            assert "按“接着再试一次”；还是不行，请打求助电话" in shown
            assert "no space" not in shown
        nightly("nightly.breaks", name="夜间清理")(lambda run, progress: {})
        assert client.post(reverse("run-retry", args=[run.pk])).status_code == 302
        engine.attend(run.pk)
        assert failed_runs(sysadmin) == []

    def test_work_that_no_longer_exists_is_named_in_chinese(self, client_for, bureau_staff):
        run = start_run(by=bureau_staff, kind="no.such.kind", key="gone")
        engine.attend(run.pk)
        shown = page(client_for(bureau_staff), reverse("run", args=[run.pk]))
        assert "系统里已经没有的工作：没有做完" in shown
        assert "no.such.kind" not in shown
        assert "不用再试。请打求助电话" in shown

    def test_nothing_failed_is_no_tile(self, sysadmin, member):
        assert failed_runs(sysadmin) == failed_runs(member) == []
