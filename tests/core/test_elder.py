"""The tags and components of the elder pages."""

import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.utils.html import conditional_escape

from core.display import Mark, MonthCell, PersonTile
from core.rendering import FileDrop

REASONS = [("EXCUSED", "请假"), ("HOME", "送学")]


def drawn(source: str, **context: object) -> str:
    return Template("{% load elder %}" + source).render(Context(context))


class Log(forms.Form):
    """A small form with one field of each look."""

    topic = forms.CharField(label="学了什么？", help_text="写主要的一两项。")
    place = forms.ChoiceField(
        label="在哪里开的？", choices=[("a", "活动室"), ("b", "线上")], widget=forms.RadioSelect
    )
    photos = forms.FileField(label="照片", required=False, widget=FileDrop("拍照或选照片", "photo"))


class Secret(forms.Form):
    """A form that asks for a password."""

    secret = forms.CharField(label="密码", widget=forms.PasswordInput)


@time_machine.travel("2026-11-22 09:00 +0800")
def test_filters_read_as_people_say_it() -> None:
    source = (
        "{{ day|elder_date }}，{{ when|elder_date }}{{ when|elder_time }}，{{ day|elder_month }}"
        "，{{ day|elder_date:'plain' }}"
    )
    when = dt.datetime(2026, 12, 2, 17, 0, tzinfo=dt.UTC)  # already the third in Shanghai
    assert drawn(source, day=dt.date(2026, 11, 5), when=when) == (
        "11月5日 星期四，12月3日 星期四上午1点，2026年11月，2026年11月5日"
    )


@time_machine.travel("2026-11-22 09:00 +0800")
def test_nothing_reads_as_nothing() -> None:
    source = "{{ x|elder_date }}{{ x|elder_time }}{{ x|elder_month }}{{ x|money }}{{ x|full_age }}{{ x|masked:'id' }}"
    assert drawn(source, x=None) == ""


def test_a_refused_field_says_so_in_words_beside_itself_and_in_the_summary() -> None:
    form = Log({"topic": "", "place": "b"})
    page = drawn("{% error_summary form %}{{ form }}", form=form)
    assert '<a href="#id_topic">学了什么：这一项还没有填，请填一下。</a>' in page
    assert 'id="id_topic_error"' in page
    assert 'aria-describedby="id_topic_helptext id_topic_error"' in page


def test_a_summary_link_lands_in_the_first_choice_of_a_group() -> None:
    page = drawn("{% error_summary form %}", form=Log({"topic": "学习"}))
    assert '<a href="#id_place_0">' in page


def test_the_summary_says_what_a_page_shown_again_cannot_hold() -> None:
    """A browser is given back neither a password nor a file."""
    source = "{% error_summary form %}"
    sent = SimpleUploadedFile("名册.xlsx", b"x")
    assert "您填好的内容都还在。" in drawn(source, form=Log({}))
    lost = drawn(source, form=Log({}, {"photos": sent}))
    assert "文件没有存下，请再选一次。别的都还在。" in lost
    secret = drawn(source, form=Secret({}))
    assert "密码没有留下来，请再填一遍。" in secret
    assert "您填好的内容都还在" not in lost + secret


def test_no_form_leaves_it_to_the_browser_to_say_what_is_missing() -> None:
    """A browser says it in a bubble that goes by itself, in whatever language it has."""
    templates = Path(settings.BASE_DIR, "templates")
    asking = {
        str(path.relative_to(templates)): tag
        for path in templates.rglob("*.html")
        if path.relative_to(templates).parts[0] != "admin"
        for tag, inside in re.findall(
            r"(<form[^>]*>)(.*?)</form>", path.read_text("utf-8"), re.DOTALL
        )
        if "as_field_group" in inside or "block fields" in inside
    }
    assert len(asking) > 10
    assert [path for path, tag in asking.items() if "novalidate" not in tag] == []


def test_two_faults_of_one_field_are_two_sentences() -> None:
    form = Log({"topic": "学习", "place": "a"})
    form.add_error("topic", ["太短了。", "太常见了。"])
    assert "<span>太短了。太常见了。</span>" in drawn("{{ form }}", form=form)


def test_a_sound_form_has_no_summary() -> None:
    assert (
        drawn("{% error_summary form %}", form=Log({"topic": "学习", "place": "a"})).strip() == ""
    )
    assert drawn("{% error_summary form %}", form=Log()).strip() == ""


def test_what_was_typed_is_never_markup() -> None:
    page = drawn("{{ form }}", form=Log({"topic": "<script>alert(1)</script>", "place": "a"}))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_file_field_speaks_our_words() -> None:
    assert "拍照或选照片" in drawn("{{ form.photos.as_field_group }}", form=Log())


def test_a_person_not_here_keeps_the_reason_given() -> None:
    tiles = [PersonTile("7", "吴永福", 1, here=False, reason="HOME"), PersonTile("8", "张桂兰")]
    page = drawn("{% people tiles reasons %}", tiles=tiles, reasons=REASONS)
    assert "name=here value=8 checked" in page
    assert "name=here value=7>" in page
    assert "name=w-7 value=HOME checked" in page
    assert "name=w-8 value=EXCUSED checked" in page
    assert "1 没到会场" in page


def test_a_person_with_reasons_of_his_own_is_offered_no_others() -> None:
    frail = PersonTile("7", "吴永福", reasons=(("HOME", "送学"),), note="行动不便")
    page = drawn("{% people tiles reasons %}", tiles=[frail], reasons=REASONS)
    assert "EXCUSED" not in page
    assert "name=w-7 value=HOME checked" in page
    assert "没到会场 · 行动不便" in page


@pytest.mark.parametrize("name", ["欧阳玉梅", "<b>张</b>"])
def test_names_are_shown_as_typed(name: str) -> None:
    page = drawn("{% people tiles reasons %}", tiles=[PersonTile("1", name)], reasons=REASONS)
    assert f"<b>{conditional_escape(name)}</b>" in page


@time_machine.travel("2026-11-22 09:00 +0800")
def test_the_month_says_in_words_what_its_signs_mean() -> None:
    marks = {
        dt.date(2026, 11, 5): Mark("到会", "ok", "✓"),
        dt.date(2026, 11, 9): Mark("请假", "off"),
        dt.date(2026, 11, 12): Mark("没有参加", "off"),
        dt.date(2026, 12, 1): Mark("待开", "plan", "★"),
    }
    page = drawn("{% month_table month marks %}", month=dt.date(2026, 11, 1), marks=marks)
    assert '5<i aria-hidden="true">✓</i><span class="unseen">到会</span>' in page
    assert 'aria-current="date">22' in page
    key = '<span class="nb ok">✓ 到会</span> <span class="nb off">● 请假、没有参加</span></p>'
    assert key in page


def test_a_year_cell_with_an_address_is_a_link() -> None:
    cells = [MonthCell(7, Mark("没报", "due", "!", "/x/")), MonthCell(8, Mark("<未开>", "empty"))]
    page = drawn("{% year_strip cells %}", cells=cells)
    assert '<a class="due" href="/x/"><b>7月</b>' in page
    assert '<span class="empty"><b>8月</b><small>&lt;未开&gt;</small></span>' in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("青砖社区离退休党支部", "青砖社区<wbr>离退休<wbr>党支部"),
        ("党支部", "党支部"),
        ("<b>社区党委", "&lt;b&gt;社区<wbr>党委"),
    ],
)
def test_an_organisation_breaks_before_its_kind(name: str, shown: str) -> None:
    assert drawn("{{ name|organisation }}", name=name) == f'<span class="name">{shown}</span>'
