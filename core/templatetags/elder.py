"""Filters and components of the elder pages: how dates, money and ages read, and how forms look."""

import datetime as dt
import functools
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, PasswordInput
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import dates, display, text
from core.models import Notice
from core.rendering import FileDrop, OneTimeInput

register = template.Library()
_SEAMS = re.compile("(?<=.)(?=离退休|企业退休|党支部|党小组|党总支|党委)|(?<=街道)(?=[^离企党].)")
_BREAK = SafeString("<wbr>")


@register.filter
def elder_date(value: dt.date | None, form: str = "") -> str:
    """Return 11月5日 星期四; with the year when it is not this one, or always with FORM "full".

    FORM "plain" is 2014年12月28日, of days long past that nobody looks up in a week.
    """
    if value is None:
        return ""
    day = timezone.localdate(value) if isinstance(value, dt.datetime) else value
    if form == "plain":
        return dates.words(day)
    return display.date_words(day, today=timezone.localdate(), full=form == "full")


@register.filter
def elder_time(value: dt.datetime | dt.time | None) -> str:
    """Return 上午9点, 下午2点30分 or 晚上7点."""
    if value is None:
        return ""
    moment = timezone.localtime(value) if isinstance(value, dt.datetime) else value
    return display.time_words(moment)


@register.filter
def until(last: dt.date) -> SafeString:
    """Return until when something may be done, LAST being the last day of it, in one piece."""
    words = display.until_words(last, today=timezone.localdate())
    return format_html('<span class="nb">{}</span>', words)


@register.filter
def elder_month(value: dt.date | None) -> str:
    """Return 2026年11月."""
    return "" if value is None else f"{value.year}年{value.month}月"


@register.filter
def money(value: Decimal | int | None) -> str:
    """Return 1,234.50元; whole yuan without the decimals."""
    return "" if value is None else display.money_words(value)


@register.filter
def full_age(born: dt.date | None) -> str:
    """Return 78周岁."""
    return "" if born is None else f"{display.full_years(born, timezone.localdate())}周岁"


@register.filter
def masked(value: str | None, kind: str = "name") -> str:
    """Return VALUE with its middle hidden; KIND is name, id, phone or address."""
    return display.masked(value or "", kind)


@register.filter
def seamed(words: Any) -> SafeString:
    """Return WORDS so that a narrow line breaks the name of an organisation in them before its kind."""
    return format_html_join(_BREAK, "{}", ((part,) for part in _SEAMS.split(str(words))))


@register.filter
def organisation(name: Any) -> SafeString:
    """Return the NAME of an organisation, or a phrase with one, that breaks only there and between phrases."""
    return format_html('<span class="name">{}</span>', seamed(name))


@register.filter
def sentences(said: Iterable[str]) -> str:
    """Return what is SAID as one text, each sentence with its own mark."""
    return text.sentences(map(str, said))


@register.simple_tag
@functools.cache
def icon(name: str) -> SafeString:
    """Draw one symbol of icons.svg; decoration only, the words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm, title: str = "") -> dict[str, Any]:
    """List what FORMS refused, each line a link to its field; takes the focus. Nothing when all is well.

    TITLE says what came of it; without one, how much there is to change.
    """
    faults = _faults_of(forms)
    title = title or f"还差{len(faults)}处，请改一下"
    return {"faults": faults, "title": title, "lost": _lost_words(forms)}


@register.inclusion_tag("components/error_note.html")
def error_note(said: str, form: BaseForm) -> dict[str, Any]:
    """Say in the admin what FORM refused as ``error_summary`` does; SAID is what it means."""
    return {"said": said, "faults": _faults_of([form])}


def _faults_of(forms: Iterable[BaseForm]) -> list[tuple[str, str, str]]:
    """Return (id to go to, label, sentence) of everything that FORMS refused."""
    faults: list[tuple[str, str, str]] = []
    for form in forms:
        if not form.is_bound:
            continue
        faults += [("", "", str(message)) for message in form.non_field_errors()]
        faults += [(*_place_of(field), str(message)) for field in form for message in field.errors]
    return faults


def _place_of(field: BoundField) -> tuple[str, str]:
    """Return the id to go to and the label of FIELD; nothing of one that nobody sees."""
    if field.is_hidden:
        return "", ""
    return _focus_id(field), str(field.label).rstrip("？：?:")


def _lost_words(forms: Iterable[BaseForm]) -> str:
    """Say what of FORMS is gone, if anything: a page shown again holds neither passwords nor files."""
    fields = [field for form in forms if form.is_bound for field in form]
    for kind, noun in ((PasswordInput, "密码"), (OneTimeInput, "验证码")):
        if any(isinstance(field.field.widget, kind) for field in fields):
            return f"{noun}没有留下来，请再填一遍。"
    for field in fields:
        if isinstance(field.field.widget, FileDrop) and field.html_name in field.form.files:
            return f"{field.field.widget.noun}没有存下，请再选一次。别的都还在。"
    return ""


def _focus_id(field: BoundField) -> str:
    """Return the id a link must name to land in FIELD; a group's is its first choice."""
    if field.use_fieldset:
        return next((choice.id_for_label or "" for choice in field.subwidgets), "")
    return field.id_for_label


@register.inclusion_tag("components/people.html")
def people(
    tiles: Iterable[display.PersonTile],
    reasons: Iterable[tuple[str, str]],
    here_name: str = "here",
    why_prefix: str = "w-",
    here_word: str = "到会",
    away_word: str = "没到会场",
    guests: bool = False,
) -> dict[str, Any]:
    """Draw one tick tile a person; who is not ticked gives one of REASONS.

    Ticked people come back as HERE_NAME (one value a person), reasons as WHY_PREFIX + key. Of
    GUESTS, whom nobody expects, those who are ticked give one: how they took part.
    """
    return {
        "tiles": tiles,
        "reasons": list(reasons),
        "here_name": here_name,
        "why_prefix": why_prefix,
        "here_word": here_word,
        "away_word": away_word,
        "guests": guests,
    }


@register.inclusion_tag("components/notices_door.html", takes_context=True)
def notices_door(context: dict[str, Any], unread: int | None = None) -> dict[str, Any]:
    """Draw the way to 我的提醒 with the number not looked at yet; without UNREAD one query for it."""
    if unread is None:
        unread = Notice.objects.visible_to(context["request"].user).unread().count()
    return {"unread": unread}


@register.inclusion_tag("components/month.html")
def month_table(
    month: dt.date,
    marks: Mapping[dt.date, display.Mark],
    label_id: str = "",
) -> dict[str, Any]:
    """Draw the month of MONTH as a table, weeks from Monday, with MARKS on their days."""
    return {
        "weeks": display.month_weeks(month, marks, today=timezone.localdate()),
        "key": display.month_key(month, marks),
        "dot": display.DOT,
        "month": month,
        "label_id": label_id,
        "weekdays": display.WEEKDAYS,
    }


@register.simple_tag
def year_strip(cells: Iterable[display.MonthCell], mini: bool = False) -> SafeString:
    """Draw the twelve months, MINI close together; a template takes several times as long for it."""
    months = format_html_join("", "<li>{}</li>", ((_month(cell),) for cell in cells))
    return format_html('<ol class="year{}">{}</ol>', " mini" if mini else "", months)


def _month(cell: display.MonthCell) -> SafeString:
    mark = cell.mark
    sign = format_html('<span aria-hidden="true">{} </span>', mark.sign) if mark.sign else ""
    words = format_html("<b>{}月</b><small>{}{}</small>", cell.month, sign, mark.word)
    if mark.url:
        return format_html('<a class="{}" href="{}">{}</a>', mark.tone, mark.url, words)
    return format_html('<span class="{}">{}</span>', mark.tone, words)


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: str, tally: str = "") -> dict[str, Any]:
    """Draw how far a piece of work is, in words and as a bar; while TOTAL is unknown it is empty."""
    told = {"label": label, "tally": tally or f"{done} / {total}"}
    return told | ({"done": done, "total": total} if total else {"done": 0, "total": 1})


@register.simple_tag
def tag(mark: display.Mark) -> SafeString:
    """Draw a state as sign and word."""
    return format_html(
        '<span class="tag {}">{}{}</span>',
        mark.tone,
        format_html('<span aria-hidden="true">{}</span>', mark.sign) if mark.sign else "",
        mark.word,
    )
