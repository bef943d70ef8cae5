"""The audit trail: what is written, that it cannot be changed, and that a change would be found."""

import datetime as dt
from io import StringIO
from typing import cast

import pytest
from django.apps.registry import Apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from core import actions, audit, trail
from core.enums import RunState, Verb
from core.models import AuditEvent, AuditSeal, RuleParameter, User
from core.runs import Progress, run_now, start_run
from core.scope import Reach, Standing
from members.models import Member
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
NOON = "2026-11-22 12:00+08:00"


class TestRecords:
    """What a row says."""

    def test_only_what_differs_and_secrets_only_named(self, secretary, superuser):
        before = audit.snapshot(secretary)
        secretary.display_name, secretary.phone = "陆德贤（更名）", "16112345678"
        event = audit.record(
            by=superuser,
            act="修改",
            instance=secretary,
            before=before,
            after=audit.snapshot(secretary),
        )
        event.refresh_from_db()
        assert event.before == {"display_name": "陆德贤", "phone": audit.CHANGED}
        assert event.after == {"display_name": "陆德贤（更名）", "phone": audit.CHANGED}
        assert (event.by, event.by_name) == (superuser, "首任管理员")
        assert (event.object_type, event.object_id) == ("core.user", str(secretary.pk))
        assert event.model is User
        assert str(event) == "首任管理员 修改 陆德贤（更名）"

    def test_passwords_and_indexes_are_not_even_named(self, secretary):
        assert {"password", "phone_index"}.isdisjoint(audit.snapshot(secretary))

    def test_the_place_of_the_object_is_the_place_of_the_act(self, branch, superuser):
        member = make_member(branch, "张建国")
        event = audit.record(by=superuser, act="查看", instance=member)
        assert event.area_path == member.area_path != ""

    def test_the_system_acts_too(self):
        event = audit.record(by=None, act="清理", label="过期文件")
        assert (event.by, event.by_name, event.model) == (None, "系统", None)

    def test_an_act_whose_record_fails_does_not_happen(self, superuser, monkeypatch):
        def full(*_, **__):
            raise DatabaseError

        monkeypatch.setattr(AuditEvent.objects, "create", full)
        with pytest.raises(DatabaseError):
            actions.create_account(by=superuser, username="x", display_name="某人")
        assert not User.objects.filter(username="x").exists()


class TestReading:
    """Whose rows open."""

    @pytest.fixture
    def events(self, branch, far_branch, superuser):
        here = audit.record(by=superuser, act="试", instance=make_member(branch, "甲某"))
        there = audit.record(by=superuser, act="试", instance=make_member(far_branch, "乙某"))
        nowhere = audit.record(by=superuser, act="试", label="系统")
        return here, there, nowhere

    @pytest.mark.parametrize(
        ("role", "seen"),
        [
            ("bureau_staff", [0]),
            ("street_staff", [0]),
            ("outsider", [1]),
            ("auditor", [0, 1, 2]),
            ("superuser", [0, 1, 2]),
            ("sysadmin", []),
            ("member", []),
        ],
    )
    def test_rows_by_role(self, events, role, seen, request):
        user = request.getfixturevalue(role)
        visible = AuditEvent.objects.visible_to(user).filter(act="试").order_by("pk")
        assert list(visible) == [events[number] for number in seen]

    def test_nobody_edits(self, events, bureau_staff, auditor):
        for user in (bureau_staff, auditor):
            assert not AuditEvent.objects.editable_by(user).exists()

    def test_a_reach_without_places_opens_nothing(self):
        condition = AuditEvent.objects.all().condition_for
        user = User()
        user.__dict__["standing"] = Standing()
        assert not condition(Reach(), user, Verb.VIEW)


class TestUnchangeable:
    """Nobody rewrites it, not in Python, not in SQL."""

    def test_the_models_refuse(self, superuser):
        event = audit.record(by=superuser, act="试")
        for refused in (
            event.save,
            event.delete,
            AuditEvent.objects.all().delete,
            lambda: AuditEvent.objects.update(act="x"),
        ):
            with pytest.raises(TypeError):
                refused()

    @pytest.mark.parametrize(
        "statement", ["UPDATE core_auditevent SET act = 'x'", "DELETE FROM core_auditevent"]
    )
    def test_the_database_refuses(self, superuser, statement):
        audit.record(by=superuser, act="试")
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert AuditEvent.objects.filter(act="试").count() == 1

    def test_a_row_is_not_put_in_the_place_of_another(self, superuser):
        event = audit.record(by=superuser, act="试")
        columns = ", ".join(str(field.column) for field in AuditEvent._meta.concrete_fields)
        forged = columns.replace("act,", "'FORGED',", 1)
        verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"{verb} INTO core_auditevent ({columns}) SELECT {forged} FROM core_auditevent "  # noqa: S608 -- columns of our own
                "WHERE id = %s",
                [event.pk],
            )
        assert AuditEvent.objects.get(pk=event.pk).act == "试"

    def test_emptying_the_tables_is_refused_on_postgresql(self, superuser):
        audit.record(by=superuser, act="试")
        if connection.vendor == "sqlite":
            return  # flush deletes row by row there, which is refused above
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("TRUNCATE core_auditevent")

    def test_an_account_may_go_and_the_row_stays(self, superuser):
        user = User.objects.create_user("gone", display_name="走了的人")
        event = audit.record(by=user, act="试")
        user.delete()
        event.refresh_from_db()
        assert event.by_name == "走了的人"


def tampered(statement, *values):
    """Change rows as who owns the database can: without the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_no_update")
            cursor.execute("DROP TRIGGER audit_no_delete")
            cursor.execute("DROP TRIGGER audit_no_replace")
        else:
            cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER USER")
    trail.guard_trail()


class TestSeals:
    """A change is found."""

    @pytest.fixture
    def sealed(self, superuser, time_machine, monkeypatch):
        monkeypatch.setattr(trail, "ROWS_A_SEAL", 4)
        time_machine.move_to("2026-11-22 10:00+08:00", tick=False)
        events = [audit.record(by=superuser, act="试", label=f"第{row}条") for row in range(10)]
        time_machine.move_to(NOON, tick=False)
        assert trail.seal_trail() >= 10
        return events

    def test_an_untouched_trail_fits(self, sealed):
        assert list(trail.verify_trail()) == []
        assert AuditSeal.objects.count() >= 3
        assert trail.seal_trail() == 0

    def test_the_night_s_check_shows_that_it_is_alive_at_every_seal(self, sealed, monkeypatch):
        beats: list[int] = []
        monkeypatch.setattr(Progress, "beat", lambda progress: beats.append(1))
        run = run_now(start_run(by=None, kind="nightly.seal_trail", key="tonight", ring=False))
        assert run.result == {"sealed": 0}
        assert len(beats) == AuditSeal.objects.count()

    def test_fresh_rows_wait(self, sealed, superuser, time_machine):
        audit.record(by=superuser, act="试")
        assert trail.seal_trail() == 0
        time_machine.move_to("2026-11-22 12:16+08:00", tick=False)
        assert trail.seal_trail() == 1
        assert list(trail.verify_trail()) == []

    def test_a_changed_row_is_found(self, sealed):
        tampered("UPDATE core_auditevent SET note = %s WHERE id = %s", "改过", sealed[5].pk)
        (fault,) = trail.verify_trail()
        assert fault.first_id <= sealed[5].pk <= fault.last_id
        assert fault.what == "内容与封存时不一致"

    def test_a_removed_row_is_found(self, sealed):
        tampered("DELETE FROM core_auditevent WHERE id = %s", sealed[5].pk)
        (fault,) = trail.verify_trail()
        assert fault.first_id <= sealed[5].pk <= fault.last_id
        assert fault.what.startswith("原有")

    def test_a_row_put_in_later_is_found(self, sealed):
        tampered("DELETE FROM core_auditevent WHERE id = %s", sealed[5].pk)
        AuditEvent.objects.bulk_create([AuditEvent(pk=sealed[5].pk, act="试", by_name="假")])
        (fault,) = trail.verify_trail()
        assert fault.what == "内容与封存时不一致"

    def test_a_missing_seal_is_found(self, sealed):
        AuditSeal.objects.order_by("last_id")[1].delete()
        assert "缺少封签" in [fault.what for fault in trail.verify_trail()]

    def test_a_seal_made_without_the_key_is_found(self, sealed):
        AuditSeal.objects.filter(pk=AuditSeal.objects.order_by("last_id")[0].pk).update(
            digest="x" * 22
        )
        assert len(list(trail.verify_trail())) == 2, "and the one that stands on it"

    @pytest.mark.django_db
    def test_where_nothing_is_sealed_yet_that_is_said(self):
        out = StringIO()
        call_command("verify_audit", stdout=out)
        assert out.getvalue().startswith("操作记录还没有封存过，没有可以核对的。")

    def test_the_commands(self, sealed):
        out = StringIO()
        call_command("seal_audit", stdout=out)
        call_command("verify_audit", stdout=out)
        count = AuditEvent.objects.count()
        assert out.getvalue() == (
            "封存 0 条操作记录。最近15分钟里的，满15分钟才封存。\n"
            f"{count} 条操作记录都与封存时一致。\n"
        )
        tampered("DELETE FROM core_auditevent WHERE id = %s", sealed[5].pk)
        with pytest.raises(CommandError, match="有 1 处与封存时不一致"):
            call_command("verify_audit", stderr=StringIO())

    def test_it_is_nightly_work_that_raises_the_alarm(self, sealed):
        run = run_now(start_run(by=None, kind="nightly.seal_trail", key="a", ring=False))
        assert (run.state, run.result) == (RunState.DONE, {"sealed": 0})
        tampered("DELETE FROM core_auditevent WHERE id = %s", sealed[5].pk)
        run = run_now(start_run(by=None, kind="nightly.seal_trail", key="b", ring=False))
        assert run.state == RunState.FAILED
        assert run.error.endswith("请立即联系审计员。")

    def test_a_state_without_the_table_gets_no_triggers(self):
        class Empty:
            def get_model(self, *_):
                raise LookupError

        trail.guard_trail(apps=cast("Apps", Empty()))


class TestReveal:
    """A masked field opens to who may, with a reason, on record."""

    @pytest.fixture
    def person(self, branch):
        return make_member(branch, "张建国", phone="16112345678")

    def test_the_secretary_reads_it_with_a_reason(self, person, secretary):
        plain = actions.reveal(by=secretary, instance=person, field="phone", reason=" 通知开会 ")
        assert plain == "16112345678"
        event = AuditEvent.objects.latest("pk")
        assert (event.by, event.act, event.note) == (
            secretary,
            "查看完整信息",
            "联系电话：通知开会",
        )
        assert event.area_path == person.area_path
        assert "16112345678" not in str(vars(event))

    @pytest.mark.parametrize("reason", ["", " ", "x"])
    def test_without_a_reason_it_stays_masked(self, person, secretary, reason):
        with pytest.raises(ValidationError, match="请写明为什么要看"):
            actions.reveal(by=secretary, instance=person, field="phone", reason=reason)

    def test_nobody_copies_the_register_by_hand(self, person, secretary):
        RuleParameter.objects.filter(key="reveal.most_a_day").update(value="2")
        asked = {"by": secretary, "instance": person, "field": "phone", "reason": "核对号码"}
        for _ in range(2):
            actions.reveal(**asked)
        with pytest.raises(ValidationError, match="今天查看完整号码已满2次"):
            actions.reveal(**asked)
        assert AuditEvent.objects.filter(act="查看完整信息").count() == 2

    @pytest.mark.parametrize("role", ["outsider", "other_secretary", "auditor", "sysadmin"])
    def test_out_of_reach_it_does_not_exist(self, person, role, request):
        with pytest.raises(Http404):
            actions.reveal(
                by=request.getfixturevalue(role), instance=person, field="phone", reason="看看"
            )
        assert not AuditEvent.objects.filter(act="查看完整信息").exists()

    def test_seeing_the_row_is_not_enough(self, person, group_leader, group):
        Member.objects.filter(pk=person.pk).update(group=group)
        if Member.objects.visible_to(group_leader).filter(pk=person.pk).exists():
            with pytest.raises(PermissionDenied):
                actions.reveal(by=group_leader, instance=person, field="phone", reason="看看")

    def test_a_field_that_is_not_sealed_is_a_mistake_in_the_program(self, person, secretary):
        with pytest.raises(TypeError):
            actions.reveal(by=secretary, instance=person, field="name", reason="看看")


def test_dates_in_the_trail_are_dates(superuser):
    event = audit.record(by=superuser, act="试", after={"日期": dt.date(2026, 11, 22).isoformat()})
    assert event.after == {"日期": "2026-11-22"}
