"""What a background run says of itself: its page, the list, the words of its row."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.enums import RunState
from core.exports import registers_of
from core.models import BackgroundRun, Notice
from core.runs import Verdict, run_now, runner, start_run
from tests.core.counted import start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counting")]


def test_no_fault_of_one_kind_takes_the_list_down(client, member, caplog):
    @runner("mute", name="做坏的", page=lambda run: {}[0], subjects=lambda runs: {}[0],
            verdict=lambda run: {}[0])  # fmt: skip
    def mute(run, progress):
        return {}

    @runner("well", name="做好的", subjects=lambda runs: {run.pk: "东城街道.xlsx" for run in runs})
    def well(run, progress):
        return {}

    mute_run, well_run = (
        run_now(start_run(by=member, kind=kind, key=kind)) for kind in ("mute", "well")
    )
    client.force_login(member)
    page = client.get(reverse("runs"))
    assert [record["what"] for record in page.context["records"]] == [
        "做好的：东城街道.xlsx",
        "做坏的",
    ]
    assert page.text.count("是哪一份，暂时说不出来，请点开看。") == 1
    assert "做坏的：做完了" in client.get(reverse("run", args=[mute_run.pk])).text
    assert "做好的：东城街道.xlsx：做完了" in client.get(reverse("run", args=[well_run.pk])).text
    assert "(mute) cannot tell its subject: KeyError" in caplog.text


def test_an_export_of_a_register_that_is_gone_is_listed_without_its_name(member):
    gone = {"register": "members.nothing"}
    run = start_run(by=member, kind="register.export", key="x", arguments=gone, ring=False)
    assert registers_of([run]) == {}


class TestPages:
    """The run's page is its owner's."""

    def test_the_owner_sees_how_far_it_is(self, client, member):
        run = start(member)
        now = timezone.now()
        BackgroundRun.objects.update(
            state=RunState.RUNNING,
            done=5,
            total=10,
            started_at=now - datetime.timedelta(minutes=3),
            heartbeat_at=now,
        )
        client.force_login(member)
        page = client.get(reverse("run", args=[run.pk])).content.decode()
        assert "点数" in page
        assert '<progress value="5" max="10">' in page
        assert "大约还要3分钟" in page or "大约还要4分钟" in page
        state = client.get(reverse("run-state", args=[run.pk])).json()
        assert (state["state"], state["tally"], state["finished"]) == ("RUNNING", "5 / 10", False)
        assert state["look"] == "看看进度"

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            (RunState.QUEUED, "排着队"),
            (RunState.RUNNING, "已经开始"),
            (RunState.DONE, "做完了"),
            (RunState.FAILED, "断电了"),
            (RunState.CANCELLED, "已停下"),
        ],
    )
    def test_each_state_says_what_it_is(self, client, member, state, words):
        run = start(member)
        BackgroundRun.objects.update(state=state, error="断电了")
        client.force_login(member)
        assert words in client.get(reverse("run", args=[run.pk])).content.decode()

    def test_who_waits_is_told_how_it_ended_and_offered_its_page(self, client, member, written):
        @runner("odd", name="核对", verdict=lambda run: Verdict("没有撤回", "有人改过。"))
        def odd(run, progress):
            return {}

        ran, odd_run = run_now(start(member)), run_now(start_run(by=member, kind="odd", key="o"))
        client.force_login(member)
        looks = []
        for run, state in (
            (ran, RunState.DONE),
            (ran, RunState.FAILED),
            (ran, RunState.CANCELLED),
            (odd_run, RunState.DONE),
        ):
            BackgroundRun.objects.filter(pk=run.pk).update(state=state)
            looks.append(client.get(reverse("run-state", args=[run.pk])).json()["look"])
        assert looks == ["做完了，看结果", "没有做完，看原因", "已停下，看原因", "没有撤回，看原因"]

    def test_stopping_what_has_ended_meanwhile_promises_nothing(self, client, member, written):
        run = run_now(start(member))
        client.force_login(member)
        shown = client.post(reverse("run-cancel", args=[run.pk]), follow=True).text
        assert "做完了" in shown
        assert "已经请它停下" not in shown

    @pytest.mark.parametrize("name", ["run", "run-state"])
    def test_another_user_finds_nothing(self, client, member, outsider, name):
        run = start(member)
        client.force_login(outsider)
        assert client.get(reverse(name, args=[run.pk])).status_code == 404

    @pytest.mark.parametrize("name", ["run-cancel", "run-retry"])
    def test_another_user_changes_nothing(self, client, member, outsider, name):
        run = start(member)
        client.force_login(outsider)
        assert client.post(reverse(name, args=[run.pk])).status_code == 404
        assert client.get(reverse(name, args=[run.pk])).status_code == 405
        run.refresh_from_db()
        assert run.state == RunState.QUEUED

    def test_the_auditor_sees_the_systems_own_work_and_leaves_it_alone(
        self, client_for, auditor, sysadmin
    ):
        run = start(None)
        for user, may in ((sysadmin, True), (auditor, False)):
            shown = client_for(user).get(reverse("run", args=[run.pk])).content.decode()
            assert ("停下来" in shown) == may
        for name in ("run-cancel", "run-retry"):
            answer = client_for(auditor).post(reverse(name, args=[run.pk]))
            assert answer.status_code == 404
        run.refresh_from_db()
        assert run.state == RunState.QUEUED

    def test_the_owner_stops_it_and_lets_it_go_on(self, client, member, written):
        run = start(member)
        client.force_login(member)
        client.post(reverse("run-cancel", args=[run.pk]))
        run.refresh_from_db()
        assert run.state == RunState.CANCELLED
        BackgroundRun.objects.update(state=RunState.FAILED, cancel_requested=False)
        client.post(reverse("run-retry", args=[run.pk]))
        assert run_now(run).state == RunState.DONE

    def test_a_second_one_says_its_place_in_the_line(self, client, member, outsider):
        first, second = start(member), start(outsider, key="count:2")
        third = start(member, key="count:3")
        client.force_login(member)
        told = [
            client.get(reverse("run-state", args=[run.pk])).json()["left"] for run in (first, third)
        ]
        assert told == ["前面没有别的工作，马上就开始。", "前面还有2项工作，轮到了就自动开始。"]
        run_now(second)
        page = client.get(reverse("run", args=[third.pk])).text
        assert "排着队" in page
        assert "前面还有1项工作" in page

    def test_who_sees_it_finished_needs_no_notice_of_it(self, client, client_for, member, written):
        run = start(member)
        client.force_login(member)
        other = Notice.objects.create(user=member, text="别的事", url="/me/")
        address = reverse("run", args=[run.pk])
        client.get(address)
        run_now(run)
        assert Notice.objects.unread().count() == 2
        client.get(address)
        assert list(Notice.objects.unread()) == [other]

    def test_an_old_run_leaves_the_notice_of_a_later_one_unread(self, client, member):
        @runner("step", name="核对", page=lambda run: "/one/roster/")
        def step(run, progress):
            return {}

        old, late = (run_now(start_run(by=member, kind="step", key=key)) for key in "ab")
        client.force_login(member)
        _, second = Notice.objects.filter(url="/one/roster/").order_by("pk")
        client.get(reverse("run", args=[old.pk]))
        assert list(Notice.objects.unread()) == [second]
        client.get(reverse("run", args=[late.pk]))
        assert not Notice.objects.unread().exists()

    def test_one_comes_back_to_a_list_of_ones_own(
        self, client, member, outsider, django_assert_num_queries
    ):
        first = run_now(start(member))
        start(outsider, key="count:2")
        client.force_login(member)
        with CaptureQueriesContext(connection) as one:
            page = client.get(reverse("runs"))
        assert [record["url"] for record in page.context["records"]] == [f"/runs/{first.pk}/"]
        assert "已处理10行" in page.text
        start(member, key="count:3")
        start(member, key="count:4")
        with django_assert_num_queries(len(one)):
            page = client.get(reverse("runs"))
        marks = [record["mark"].word for record in page.context["records"]]
        assert marks == ["排队", "排队", "已完成"]

    def test_a_stranger_is_asked_to_sign_in(self, client, member):
        answer = client.get(reverse("run", args=[start(member).pk]))
        assert answer.status_code == 302


def test_the_state_of_the_row_is_in_words(member):
    run = BackgroundRun(by=member, kind="count", done=0, total=0)
    assert (run.tally, run.seconds_left, run.time_left, run.rows_done) == ("排着队", None, "", "")
    assert str(run) == "count 排队"
    run.done, run.total = 1, 101
    run.started_at = timezone.now() - datetime.timedelta(minutes=2)
    assert (run.time_left, run.rows_done) == ("大约还要3小时", "已处理1行，共101行")
    waits = BackgroundRun(state=RunState.QUEUED, done=3, total=9)
    assert (waits.tally, waits.shown_done) == ("排着队", 3)
    waits.done = 9
    assert (waits.tally, waits.shown_done) == ("排着队", 0)  # no full bar before its last step
    run.state = RunState.DONE
    assert (run.shown_done, run.rows_done) == (
        1,
        "已处理1行",
    )  # the total counted headings and empty lines too
    assert connection.vendor in {"sqlite", "postgresql"}
