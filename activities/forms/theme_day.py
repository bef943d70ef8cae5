"""Logging the theme day."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BoundField
from django.utils.functional import cached_property

from activities.actions.photo import add_photos
from activities.actions.theme_day import record_theme_day
from activities.enums import TOOK_PART, TOOK_PART_ORDER, AttendanceState
from activities.forms.contents import pack_contents, read_contents
from activities.forms.entered import NOBODY, leaves_out, mark_key, named, state_of
from activities.forms.fields import (
    OTHER,
    AgendaField,
    CostField,
    DayField,
    OpenChoiceField,
    OpenRadioSelect,
    day_choices,
    take_over,
)
from activities.forms.log_sheet import LogSheet
from activities.forms.photos import PhotosField
from activities.models import Activity, Campaign
from activities.querysets import Attendee
from activities.rules.attendance import ELSEWHERE, Mark, Tally, reason_for, tally
from activities.rules.record import ASKED_FOR, MOST_MINUTES
from core import text
from core.display import PersonTile

if TYPE_CHECKING:
    from core.models import User

# What stands folded away beneath the five decisions.
MORE = ("host", "agenda", "minutes", "cost")
SAID = ("topic", "host", "agenda", "minutes", "cost")
LISTED = "listed"
RELISTED = "名单已按开会那天重新列出，请核对后再交。"
REASONS = tuple(
    (state.value, str(state.label))
    for state in (
        AttendanceState.EXCUSED,
        AttendanceState.HOME,
        AttendanceState.ONLINE,
        AttendanceState.ABSENT,
    )
)
WAYS = tuple((state.value, str(state.label)) for state in TOOK_PART_ORDER)
FRAIL_REASONS = tuple(reason for reason in REASONS if reason[0] != AttendanceState.ABSENT)


class ThemeDayForm(forms.Form):
    """The theme day of a month on one page: when, what, where, who did not come (elder_ux §5)."""

    day = OpenChoiceField(label="哪天开的？", widget=OpenRadioSelect)
    other_day = DayField(label="选日期", required=False)
    topic = forms.CharField(
        label="学了什么？",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    where = OpenChoiceField(label="在哪里开的？", widget=OpenRadioSelect)
    other_place = forms.CharField(label="写一写地点", max_length=100, required=False)
    campaign = forms.ChoiceField(label="是哪项专题活动？", required=False, widget=forms.RadioSelect)
    photos = PhotosField(label="放几张照片")
    host = forms.CharField(label="主持人", max_length=20)
    agenda = AgendaField()
    cost = CostField()
    minutes = forms.CharField(
        label="会议记录",
        help_text="讲了什么、定了什么，写几句就行。",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": MOST_MINUTES}),
    )
    version = forms.IntegerField(
        min_value=0,
        required=False,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("invalid", "min_value"), "请刷新这一页，再填一次。"),
    )
    base = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.HiddenInput,
        error_messages={"max_length": "这一页的内容太长，没有收下。请刷新后再填一次。"},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        sheet: LogSheet,
        by: "User",
    ) -> None:
        super().__init__(data, files, initial=_initial(sheet))
        self.sheet = sheet
        self.by = by
        self.fields["other_day"].choices = day_choices(sheet.past_days)  # type: ignore[attr-defined]  # a ChoiceField
        days = [(day.isoformat(), sheet.day_words(day)) for day in sheet.days]
        self._offer("day", days, "换一天" if days else "选一天")
        places = [(place, place) for place in sheet.places]
        self._offer("where", places, "换个地方" if places else "写地点")
        self._offer_campaigns()
        self._limit_photos()
        for name in SAID:
            self.fields[name].required = name in sheet.required
            self.fields[name].error_messages["required"] = ASKED_FOR[name]
        for field in self.more:
            # The fold says once that all of it may be left out.
            field.field.is_needed = True  # type: ignore[attr-defined]  # read by components/field.html

    def clean_topic(self) -> str:
        """Keep the sentence as typed, without what cannot be seen."""
        return self._said("topic", text.prose(self.cleaned_data["topic"]))

    def clean_host(self) -> str:
        """Keep the name as typed."""
        return self._said("host", text.prose(self.cleaned_data["host"]))

    def clean_minutes(self) -> str:
        """Keep the lines as typed, and only so many."""
        lines = text.paragraphs(self.cleaned_data["minutes"])
        if len(lines) > MOST_MINUTES:
            words = f"最多写{MOST_MINUTES}字，现在有{len(lines)}字。请写短一点。"
            raise ValidationError(words)
        return self._said("minutes", lines)

    def clean(self) -> dict[str, Any]:
        """Read the day, the place and the marks."""
        cleaned = super().clean() or {}
        cleaned["date"] = self._date(cleaned)
        cleaned["place"] = self._place(cleaned)
        cleaned["marks"] = self._marks()
        if self._has_other_guests(cleaned["date"]):
            raise ValidationError(RELISTED)
        return cleaned

    def save(self) -> Activity | None:
        """Record; None when the action refused, with its sentence beside the field."""
        cleaned = self.cleaned_data
        try:
            with transaction.atomic():
                activity = record_theme_day(
                    by=self.by,
                    branch=self.sheet.branch,
                    period=str(self.sheet.month),
                    version=cleaned["version"] or 0,
                    date=cleaned["date"],
                    topic=cleaned["topic"],
                    place=cleaned["place"],
                    marks=cleaned["marks"],
                    campaign=self._campaign(cleaned["date"]),
                    host=cleaned["host"],
                    minutes=cleaned["minutes"],
                    agenda=cleaned["agenda"],
                    cost=cleaned["cost"],
                )
                if cleaned.get("photos"):
                    add_photos(by=self.by, activity=activity, pictures=cleaned["photos"])
                return activity
        except ValidationError as refusal:
            take_over(self, refusal, {"date": "day", "place": "where"})
            return None

    def base_contents(self) -> dict[str, str] | None:
        """Return what the record said when the form was opened; None when that cannot be read."""
        return read_contents(self.data.get("base", ""))

    def _limit_photos(self) -> None:
        """Say the limits of the area; where there are to be none, do not ask."""
        field = self.fields["photos"]
        if self.sheet.photos_most == 0:
            del self.fields["photos"]
        elif isinstance(field, PhotosField):
            field.limit(self.sheet.photos_most, self.sheet.photo_mb)

    @property
    def opens_more(self) -> bool:
        """Whether what is asked beyond the five decisions is in view: written, asked for, refused.

        A host alone comes with the plan: nobody has written anything yet.
        """
        written = any(self[name].value() for name in MORE if name != "host")
        asked = any(self[name].errors or self[name].field.required for name in MORE)
        return written or asked or "campaign" in self.errors

    @property
    def more(self) -> list[BoundField]:
        """The fields of what is asked beyond the five decisions."""
        return [self[name] for name in ("campaign", *MORE) if name in self.fields]

    @property
    def asks_more(self) -> bool:
        """Whether some of it must be filled in."""
        return any(field.field.required for field in self.more)

    @property
    def chosen_campaign(self) -> Campaign | None:
        """The campaign that the record goes into as it stands."""
        chosen = self["campaign"].value() if "campaign" in self.fields else ""
        return next((each for each in self.sheet.campaigns if str(each.pk) == chosen), None)

    @property
    def photos_lost(self) -> bool:
        """Whether photos were sent that a page shown again cannot hold: a browser never does."""
        return bool(self.files)

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """Why somebody did not come."""
        return REASONS

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """How a guest took part."""
        return WAYS

    @property
    def listed(self) -> str:
        """The day for which people are listed, as the page tells when it is sent."""
        day = chosen_day(self.data) if self.is_bound else None
        return str(day or self.sheet.contents["date"])

    @cached_property
    def tiles(self) -> list[PersonTile]:
        """The roster as tiles, ticked as entered, otherwise as assumed."""
        return [self._tile(person) for person in self.sheet.roster]

    @property
    def guests(self) -> list[PersonTile]:
        """Members of other branches with a managing link to this one; nobody is ticked for them."""
        return [self._guest_tile(person) for person in self.sheet.guests]

    @property
    def counts(self) -> Tally:
        """The head counts of the tiles as they open; who is not ticked is 请假 until another is chosen."""
        states = (
            AttendanceState.PRESENT if tile.here else tile.reason or AttendanceState.EXCUSED
            for tile in self.tiles
        )
        return tally(states, guests=(tile.reason for tile in self.guests if tile.here))

    def _said(self, name: str, words: str) -> str:
        if not words and self.fields[name].required:
            raise ValidationError(ASKED_FOR[name])
        return words

    def _offer(self, name: str, choices: list[tuple[str, str]], other_words: str) -> None:
        """Offer CHOICES, what was entered before, and something else."""
        entered = self.data.get(name, OTHER) if self.is_bound else OTHER
        if entered and entered not in {OTHER, *(value for value, _ in choices)}:
            choices = [*choices, (entered, entered)]
        self.fields[name].choices = [*choices, (OTHER, other_words)]  # type: ignore[attr-defined]  # a ChoiceField

    def _offer_campaigns(self) -> None:
        """Ask for a campaign only while one runs."""
        running = [(str(campaign.pk), campaign.title) for campaign in self.sheet.campaigns]
        if running:
            self.fields["campaign"].choices = [("", "都不是"), *running]  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["campaign"]

    def _campaign(self, day: dt.date) -> int | None:
        """Return the campaign chosen; where none is asked for, the one on record stays.

        A guess of ours for the day offered is none for a DAY out of the campaign.
        """
        if "campaign" in self.fields:
            chosen, guessed = int(self.cleaned_data["campaign"] or 0), self.sheet.guessed
            if guessed and guessed.pk == chosen and not guessed.covers(day):
                return None
            return chosen or None
        return self.sheet.activity.campaign_id if self.sheet.activity else None

    @cached_property
    def _guests(self) -> frozenset[int]:
        return frozenset(person.member_id for person in self.sheet.guests)

    def _shown(self, member: int) -> Mark:
        return self._entered(member) if self.is_bound else self.sheet.shown.get(member, Mark(""))

    def _guest_tile(self, person: Attendee) -> PersonTile:
        state = self._shown(person.member_id).state
        return PersonTile(
            key=str(person.member_id),
            name=person.name,
            mark=person.mark,
            here=state in TOOK_PART,
            reason=state,
        )

    def _tile(self, person: Attendee) -> PersonTile:
        member = person.member_id
        mark = self._shown(member)
        here = mark.state == AttendanceState.PRESENT
        frail_default = AttendanceState.HOME if person.frail else ""
        is_away = self._reason(member, AttendanceState.EXCUSED) == ELSEWHERE
        return PersonTile(
            key=str(member),
            name=person.name,
            mark=person.mark,
            here=here,
            reason=frail_default if here else mark.state,
            reasons=_reasons(frail=person.frail, is_away=is_away),
            note=self.sheet.notes.get(member, ""),
            away=ELSEWHERE if mark.reason == ELSEWHERE else "",
        )

    def _reason(self, member: int, state: str) -> str:
        """Return why MEMBER, whose STATE was chosen, is away: as on record, else since he was elsewhere."""
        stored, elsewhere = self.sheet.marks.get(member), member in self.sheet.elsewhere
        return reason_for(state, stored=stored, elsewhere=elsewhere)

    def _date(self, cleaned: Mapping[str, Any]) -> dt.date | None:
        chosen = cleaned.get("day")
        if chosen != OTHER and chosen:
            try:
                return dt.date.fromisoformat(chosen)
            except ValueError:
                self.add_error("day", "这个日期看不懂，请重新选一天。")
                return None
        if cleaned.get("other_day") is None and chosen and "other_day" not in self.errors:
            self.add_error("other_day", "请选是哪一天开的。")
        return cleaned.get("other_day")

    def _place(self, cleaned: Mapping[str, Any]) -> str:
        chosen = cleaned.get("where", "")
        if chosen != OTHER:
            return text.prose(chosen)
        place = text.prose(cleaned.get("other_place") or "")
        is_asked_for = "place" in self.sheet.required
        if not place and is_asked_for and "other_place" not in self.errors:
            self.add_error("other_place", ASKED_FOR["place"])
        return place

    def _marks(self) -> dict[int, Mark]:
        """Return the mark of everybody the form names; the action refuses who is not of the sheet."""
        members = named(self.data)
        marks = {member: self._entered(member) for member in members if member != NOBODY}
        entered = {member: mark for member, mark in marks.items() if mark.state}
        return entered | ({NOBODY: Mark(AttendanceState.PRESENT)} if NOBODY in members else {})

    def _has_other_guests(self, day: dt.date | None) -> bool:
        """Whether DAY, chosen instead of the one offered, has guests of whom the page did not ask."""
        base = self.base_contents()
        if day is None or base is None or self.data.get(LISTED, base["date"]) == str(day):
            return False
        were_due = {
            each for each in self._guests - self.sheet.marks.keys() if mark_key(each) in base
        }
        return leaves_out(self.data, self._guests, were_due)

    def _entered(self, member: int) -> Mark:
        """Read the mark of one member: from the merge page, else from his tile."""
        state = self.data.get(mark_key(member))
        if state is None:
            state = state_of(self.data, member, is_guest=member in self._guests)
        return Mark(state, self._reason(member, state))


def _reasons(*, frail: bool, is_away: bool) -> tuple[tuple[str, str], ...]:
    """Return what may be said of a member who is not here; nothing where it is what the page says of all."""
    offered = FRAIL_REASONS if frail else REASONS
    if is_away:
        # He took part elsewhere: what counts as leave is not called leave.
        return ((AttendanceState.EXCUSED.value, ELSEWHERE), *offered[1:])
    return offered if frail else ()


def chosen_day(data: Mapping[str, Any] | None) -> dt.date | None:
    """Return the day that DATA, sent from the page, chose; None when it cannot be read."""
    chosen = data.get("day") if data else None
    typed = data.get("other_day") if data and chosen == OTHER else chosen
    try:
        return forms.DateField(required=False).clean(typed)
    except ValidationError:
        return None


def _initial(sheet: LogSheet) -> dict[str, Any]:
    contents = sheet.contents
    return {
        "day": contents["date"] or OTHER,
        "topic": contents["topic"],
        "where": contents["place"] or OTHER,
        "campaign": contents["campaign"],
        "host": contents["host"],
        "agenda": contents["agenda"],
        "minutes": contents["minutes"],
        "cost": contents["cost"],
        "version": sheet.version,
        "base": pack_contents(contents),
    }
