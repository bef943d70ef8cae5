"""The portal's addresses, the gallery's, and one page that breaks."""

import datetime as dt
import errno
import itertools
from pathlib import Path

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from core.crypto import KeysMissing
from core.display import Mark, MonthCell, PersonTile
from core.rendering import FileDrop
from portal import urls as portal_urls

REASONS = [("EXCUSED", "请假"), ("HOME", "送学"), ("ONLINE", "线上"), ("ABSENT", "缺席")]
NAMES = "陈建国 周秀英 黄长江 杨德明 吴永福 张桂兰 胡志强 朱素芬 孙文斌 赵淑珍 李卫东 欧阳玉梅"
TROUBLES = {
    "400": SuspiciousOperation("broken on purpose"),
    "500": RuntimeError("broken on purpose"),
    "503": OperationalError("broken on purpose"),
    "507": OSError(errno.ENOSPC, "broken on purpose"),
    "keys": KeysMissing("broken on purpose"),
}
HERE = Mark("到会", "ok", "✓")
AWAY = Mark("请假", "off")
PLANNED = Mark("待开", "plan", "★")
LATE = Mark("没报", "due", "!", "/gallery/log/")
NOTHING = Mark("未开", "empty")


class LogForm(forms.Form):
    """One field of every look."""

    day = forms.ChoiceField(
        label="哪天开的？",
        choices=[("fixed", "11月5日 星期四"), ("other", "换一天")],
        widget=forms.RadioSelect,
    )
    topic = forms.CharField(label="学了什么？", widget=forms.Textarea(attrs={"rows": 2}))
    place = forms.ChoiceField(
        label="在哪里开的？",
        choices=[("room", "社区活动室"), ("online", "网上视频"), ("outside", "外出参观")],
        widget=forms.RadioSelect,
    )
    host = forms.CharField(label="主持人", required=False, help_text="不填就是书记。")
    kind = forms.ChoiceField(label="活动类别", choices=[("a", "主题党日"), ("b", "党课")])
    quiet = forms.BooleanField(label="有外单位同志参加", required=False)
    photos = forms.FileField(label="照片", required=False, widget=FileDrop("拍照或选照片", "photo"))


def _tiles(count: int) -> list[PersonTile]:
    names = itertools.islice(itertools.cycle(NAMES.split()), count)
    return [
        PersonTile(str(number), name, number, here=number not in {5, 10})
        for number, name in enumerate(names, 1)
    ]


def _months() -> list[MonthCell]:
    marks = {4: AWAY, 10: NOTHING, 11: LATE, 12: PLANNED}
    return [MonthCell(month, marks.get(month, HERE)) for month in range(1, 13)]


def _records() -> list[dict[str, object]]:
    return [
        {"date": dt.date(2026, 11, 5), "what": "学习党的二十届四中全会精神", "mark": HERE},
        {
            "date": dt.date(2026, 10, 8),
            "what": "重阳节座谈会",
            "mark": HERE,
            "url": "/gallery/log/",
        },
        {
            "date": dt.date(2025, 9, 4),
            "what": "观看抗战纪念影片",
            "mark": AWAY,
            "sub": "张小红同志送学上门",
        },
    ]


def _context(form: forms.Form, people: int) -> dict[str, object]:
    return {
        "form": form,
        "tiles": _tiles(people),
        "reasons": REASONS,
        "cells": _months(),
        "records": _records(),
        "month": dt.date(2026, 11, 1),
        "marks": {
            dt.date(2026, 11, 5): HERE,
            dt.date(2026, 11, 12): LATE,
            dt.date(2026, 11, 19): PLANNED,
        },
        "stats": [
            {"word": "今年到会", "number": 10, "unit": "次"},
            {"word": "今年积分", "number": 86, "unit": "分"},
        ],
        "facts": [("活动", "11月主题党日"), ("日期", "11月5日 星期四"), ("请假", "吴永福、赵淑珍")],
        "tabs": [
            {"url": "/gallery/bits/", "word": "全部", "current": True},
            {"url": "/gallery/log/", "word": "到会"},
            {"url": "/gallery/me/", "word": "请假"},
        ],
    }


@login_not_required
def show(request: HttpRequest, name: str) -> HttpResponse:
    """Draw one page of the gallery; a posted form comes back with its faults."""
    form = LogForm(request.POST or None, initial={"day": "fixed", "place": "room"})
    form.is_valid()
    context = _context(form, int(request.GET.get("people", 12)))
    source = Path(__file__).with_name(f"{name}.html").read_text(encoding="utf-8")
    return HttpResponse(engines["django"].from_string(source).render(context, request))


@login_not_required
def broken(request: HttpRequest, how: str) -> HttpResponse:
    """Break as HOW says."""
    raise TROUBLES[how]


@login_not_required
def refused(request: HttpRequest) -> HttpResponse:
    """Refuse."""
    raise PermissionDenied("十月的记录已经归档，不能再改。")


urlpatterns = [
    path("gallery/broken/<slug:how>/", broken),
    path("gallery/refused/", refused),
    path("gallery/<slug:name>/", show),
    *portal_urls.urlpatterns,
]
handler400 = portal_urls.handler400
handler403 = portal_urls.handler403
handler404 = portal_urls.handler404
handler500 = portal_urls.handler500
