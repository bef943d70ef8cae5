"""Forms of core."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html_join

from core import dates, first_password, rules, text
from core.models import User
from core.models.second_factor import CODE_DIGITS, SPARE_DIGITS
from core.rendering import OneTimeInput

if TYPE_CHECKING:
    _Form = Any
else:
    _Form = object

NOT_CHOSEN = "未选"  # of every list to choose from: nothing, or nothing yet
# What is said of these where a day is asked for.
_NO_DAY = {"DATE_UNREADABLE", "DATE_YEAR_ONLY", "DATE_MONTH_UNCLEAR"}
_WRONG = "手机号、党员编号、登录名或者密码不对，请再看一看。"
_OLD_CARD = (
    "这张登录卡过期了，卡上的密码不能再用。请发卡的同志（支部书记或工作人员）重发一张，就能登录。"
)


def _refuse_old_card(user: User) -> None:
    if first_password.is_over(user):
        raise ValidationError(_OLD_CARD)


def say_not_chosen(field: Any) -> None:
    """Call the blank choice of FIELD, if it has one, what it is called everywhere."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = NOT_CHOSEN
    elif isinstance(field, forms.ChoiceField):
        choices: Any = list(field.choices)  # type: ignore[arg-type]  # a callable's are iterated too
        if any(not value for value, _ in choices):
            field.choices = [(value, label if value else NOT_CHOSEN) for value, label in choices]


def add_refusal(form: forms.Form, refusal: ValidationError) -> None:
    """Put REFUSAL beside the fields it names where FORM has them all, else above the form."""
    fits = hasattr(refusal, "error_dict") and refusal.error_dict.keys() <= form.fields.keys()
    form.add_error(None, refusal if fits else ValidationError(refusal.messages))


def written_meanwhile(theirs: str, *, button: str) -> str:
    """Return what is said beside a field where somebody else has written THEIRS since it was shown."""
    now = f"写成了“{theirs}”" if theirs else "把这里清空了"
    return f"刚才有人{now}。要用您写的，再按一次“{button}”；不改，请照着写回去。"


class SharedForm(_Form):
    """Mixed into the form of a stored row that somebody else may change while it is open (F17).

    What the page showed comes back with it: what somebody else wrote since is no change of this
    form's, and stays; where both wrote, theirs is told beside the field.
    """

    data: Any

    def carry_what_is_shown(self, *names: str) -> None:
        """Let the page carry what it shows in the fields NAMES of a row that is there."""
        for name in self.fields.keys() & set(names):
            sent = not self.is_bound or self.add_initial_prefix(name) in self.data
            self.fields[name].show_hidden_initial = sent and self.instance.pk is not None

    def say_what_was_written_meanwhile(self, *, button: str) -> None:
        """Tell beside each field what somebody else wrote there, and take that as what was shown."""
        sent, data = self.data, self.data.copy()
        for name in set(self.changed_data) - self.errors.keys():
            bound = self[name]
            if not bound.field.show_hidden_initial:
                continue
            stored = str(bound.field.prepare_value(bound.initial) or "")
            if stored not in (sent[bound.html_initial_name], sent.get(bound.html_name, "")):
                self.add_error(name, written_meanwhile(self._stored_words(name), button=button))
                data[bound.html_initial_name] = stored
        self.data = data

    def _stored_words(self, name: str) -> str:
        display = getattr(self.instance, f"get_{name}_display", None)
        value = display() if display else getattr(self.instance, name)
        return dates.words(value) if isinstance(value, dt.date) else str(value or "")


class ActForm(forms.Form):
    """A form of one act of USER on ROW."""

    def __init__(
        self, *args: Any, user: User | None = None, row: Any = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user: Any = user
        self.row = row


class ReasonField(forms.CharField):
    """Why something is done, or what for: read by others for years, so it must say something."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 100} | options)

    def clean(self, value: Any) -> str:
        """Return what was typed without what cannot be seen."""
        said = text.prose(super().clean(value))
        if not rules.says_why(said):
            raise ValidationError("请写一句别人看得懂的话。")
        return said


class PurposeField(ReasonField):
    """What a file is taken out for, asked in the same words of everybody who does (domain §6.5)."""

    def __init__(self, **options: Any) -> None:
        said = {
            "label": "做什么用",
            "help_text": "写清给谁用、做什么。会写在文件末行，也记在操作记录里。",
        }
        super().__init__(**said | options)


class SignInForm(AuthenticationForm):
    """Telephone, member number or another sign-in name, and password."""

    # One sentence for all: which of the two is wrong, or closed, is nobody's business.
    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}
    username = forms.CharField(
        label="手机号、党员编号或登录名",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse a card whose time is over, too: it may have been found."""
        super().confirm_login_allowed(user)
        _refuse_old_card(user)


class DateWordsField(forms.CharField):
    """A date in any of the forms people write; ``month_only`` tells whether the day is unknown.

    The one field for dates that are typed. MAY_BE_MONTH takes a month, MAY_BE_YEAR also a year
    alone; what is not known is stored as the first.
    """

    month_only = False

    def __init__(
        self, *, may_be_month: bool = False, may_be_year: bool = False, **options: Any
    ) -> None:
        self.may_be_month, self.may_be_year = may_be_month or may_be_year, may_be_year
        options.setdefault("max_length", 20)
        words = [("如 ", "1952年3月8日" if self.may_be_month else "2026年11月22日")]
        words += [("只知年月写 ", "1952年3月")] * self.may_be_month
        words += [("只知年份写 ", "1952年")] * may_be_year
        parts = [(said, f"{date}；") for said, date in words[:-1]] + words[-1:]
        # A line may end before a date, never within one.
        options.setdefault("help_text", format_html_join("", '{}<span class="nb">{}</span>', parts))
        super().__init__(**options)
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored date as it is said."""
        return dates.words(value) if isinstance(value, dt.date) else value

    def clean(self, value: Any) -> Any:
        """Return the date, or None when blank; what nobody sees is blank too."""
        typed = text.squeeze(super().clean(value))
        self.validate(typed)
        if self.may_be_year and (year := dates.read_year(typed)):
            return dt.date(year, 1, 1)
        read = dates.read_text(typed)
        self.month_only = read.month_only
        code = read.code
        if not self.may_be_month and (read.month_only or code in _NO_DAY):
            code = "DATE_DAY_MISSING"
        if code:
            raise ValidationError(dates.SENTENCES[code])
        return read.value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as dates: another way of writing the same day is no change."""
        try:
            before = self.clean(self.prepare_value(initial) or ""), self.month_only
            return (self.clean(data), self.month_only) != before
        except ValidationError:
            return True


def _code_field(help_text: str, **attrs: Any) -> forms.CharField:
    attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "digits"}
    return forms.CharField(
        label="验证码", max_length=30, help_text=help_text, widget=OneTimeInput(attrs)
    )


class FirstCodeForm(forms.Form):
    """The first code of a new authenticator."""

    lengths = frozenset({CODE_DIGITS})
    not_a_code = "请填手机上现在的6位数字。"
    code = _code_field("6位，半分钟一换。")

    def clean_code(self) -> str:
        """Return the bare digits; what cannot be a code is said at once and is no try."""
        code = text.squeeze(self.cleaned_data["code"]).replace("-", "")
        if not code.isdecimal() or len(code) not in self.lengths:
            raise ValidationError(self.not_a_code)
        return code


class CodeForm(FirstCodeForm):
    """The code of the second step: six digits of the telephone, or ten of the paper."""

    lengths = frozenset({CODE_DIGITS, SPARE_DIGITS})
    not_a_code = "验证码是6位数字，备用码是10位数字，请再看一看。"
    code = _code_field("手机上的6位数字，半分钟一换；或者一个10位的备用码。", autofocus=True)


class UpToForm(forms.Form):
    """The key of the newest row that a page showed."""

    up_to = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class PasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": "现在的密码不对，请再输一次。",
        "password_mismatch": "两次输入的新密码不一样，请再输一次。",
    }
    field_order = ["old_password", "new_password1", "new_password2"]

    known = ""  # the stored password that the old one was compared with

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        if self.user.must_change_password:  # somebody else gave it to him, on a card
            self.fields["old_password"].label = "登录卡上的首次密码"
        self.fields[
            "new_password1"
        ].help_text = "至少10位，字母、数字、汉字都可以。不要用姓名、手机号。"

    def clean_old_password(self) -> str:
        """Ask as a sign-in does, so that wrong ones count: a session left open is no place to guess."""
        typed = self.cleaned_data["old_password"]
        known = authenticate(self.request, username=self.user.get_username(), password=typed)
        if known is None or known != self.user:
            raise ValidationError(self._wrong_words())
        _refuse_old_card(self.user)
        self.known = known.password
        return typed

    def validate_password_for_user(self, user: User, password_field_name: str = "") -> None:
        """Refuse a weak password under the field where it was thought of, not where it is repeated."""
        super().validate_password_for_user(user, "new_password1")

    def _wrong_words(self) -> str:
        if self.user.must_change_password:
            return "首次密码不对，请照登录卡再输一次。"
        return str(self.error_messages["password_incorrect"])
