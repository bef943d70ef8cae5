"""The user of the portal."""

from functools import cached_property
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from core import pinyin, text
from core.constraints import CheckConstraint
from core.fields import (
    BlindIndexField,
    ByteOrderedCharField,
    SealedTextField,
    UnreadableText,
)
from core.scope import Standing, standing_of

OFFICE_ROLES = frozenset({"BUREAU", "STREET", "SYSADMIN", "AUDITOR"})


class UserManager(BaseUserManager["User"]):
    """Makes users whose sign-in name has its one stored form."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without PASSWORD nobody can sign in as him yet."""
        user = self.model(username=text.login_name(username), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Create the first administrator."""
        return self.create_user(username, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by sign-in name or telephone, as typed (full-width digits, blanks, capitals).

        A sign-in name goes before a telephone: one of them may look like the other.
        """
        typed = text.login_name(username or "")
        found = models.Q(username=typed)
        if digest := self.model.phone_digest(typed):
            found |= models.Q(phone_index=digest)
        matches = sorted(self.filter(found)[:2], key=lambda user: user.username != typed)
        if not matches:
            raise self.model.DoesNotExist
        return matches[0]


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by telephone or by member number. Verbs come from his posts."""

    username = models.CharField("登录名", max_length=50, unique=True)
    phone = SealedTextField("手机号", blank=True)
    phone_index = BlindIndexField(source="phone", normalise="core.text.phone", unique=True)
    display_name = models.CharField("姓名", max_length=20)
    # By which lists of people are sorted, as the register of members is.
    name_pinyin = ByteOrderedCharField(
        "拼音", max_length=120, blank=True, default="", editable=False
    )
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    first_password_on = models.DateField("首次密码发出日期", null=True, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["username"]
        constraints = [
            CheckConstraint(
                condition=models.Q(must_change_password=False)
                | models.Q(first_password_on__isnull=False),
                name="first_password_has_a_day",
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def clean(self) -> None:
        """Keep the sign-in name and the telephone in their one stored form, and the pinyin of the name."""
        self.username = self.stored_name(self.username)
        self.spell()
        if not isinstance(self.phone, UnreadableText):
            self.phone = text.phone(self.phone)

    def spell(self) -> None:
        """Keep the pinyin of the name with it; for accounts written many at once."""
        self.name_pinyin = pinyin.spell(self.display_name).pinyin

    @staticmethod
    def stored_name(typed: str) -> str:
        """Return the stored form of a sign-in name."""
        return text.login_name(typed)

    @classmethod
    def phone_digest(cls, typed: str) -> str | None:
        """Return the digest by which a telephone is found; None for what is no telephone."""
        squeezed = text.squeeze(typed)
        if not squeezed.replace("-", "").removeprefix("+").isdecimal():
            return None
        index: Any = cls._meta.get_field("phone_index")
        digest: str | None = index.digest(squeezed)
        return digest

    @cached_property
    def authenticator_pk(self) -> int | None:
        """Number of his second factor; of a session's user it comes with the row (``PostBackend``)."""
        found = getattr(self, "authenticator", None)
        return found.pk if found else None

    def get_short_name(self) -> str:
        """Return the name shown in greetings."""
        return str(self)

    @cached_property
    def standing(self) -> Standing:
        """Roles and reach today, read once per user object (one per request)."""
        return standing_of(self)

    @property
    def roles(self) -> frozenset[str]:
        """Roles held today."""
        return self.standing.roles

    @property
    def has_office_post(self) -> bool:
        """Whether the user works in the admin."""
        return self.is_superuser or bool(self.roles & OFFICE_ROLES)

    @property
    def is_staff(self) -> bool:
        """What Django's admin asks; derived from posts, never stored."""
        return self.is_active and self.has_office_post

    @property
    def is_auditor(self) -> bool:
        """Whether the user reads the whole audit trail."""
        return self.is_superuser or "AUDITOR" in self.roles
