"""The second factor of signing in: a key that a telephone shares with the portal, and codes on paper.

Built on django-otp's device (throttling, one lock a try) and its RFC 6238 arithmetic. Its ready
plugins ``otp_totp`` and ``otp_static`` keep key and codes in the clear, and a subclass of theirs would
keep the clear column beside its own; here the key is sealed like every secret of the register and of
a paper code there is only a keyed digest (security §3, ASVS V6.5, V11.2).
"""

import base64
import secrets

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from core.fields import SealedTextField, UnreadableText

CODE_DIGITS = 6
SPARE_DIGITS = 10
_KEY_BYTES = 20
_LONGEST_WAIT = 10  # wrong codes: 512 seconds; some hundred and seventy tries a day of a million
_TOLERANCE = 1  # steps of half a minute before and after: clocks differ


class Authenticator(ThrottlingMixin, Device):
    """The one authenticator of a user. The row is there once its first code was right.

    ``last_t`` is the step of the last code taken: no code is taken twice. ``drift`` is how many
    steps the telephone's clock is known to differ.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="用户",
        on_delete=models.CASCADE,
        related_name="authenticator",
    )
    name = models.CharField("名称", max_length=64, default="手机验证器")
    key = SealedTextField("密钥")
    last_t = models.BigIntegerField("上次验证码的时段", default=-1)
    drift = models.SmallIntegerField("时钟偏差", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "手机验证器"
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def new_key() -> str:
        """Return a new key in base32, as authenticators take it."""
        return base64.b32encode(secrets.token_bytes(_KEY_BYTES)).decode()

    def get_throttle_factor(self) -> int:
        """Wait 1, 2, 4, 8 … seconds after each wrong code in a row."""
        return 1

    def throttle_increment(self, commit: bool = True) -> None:
        """Count a wrong code; from ``_LONGEST_WAIT`` on the wait grows no further.

        Whoever has the password alone must not keep the owner out for days.
        """
        super().throttle_increment(commit=False)
        count: int = self.throttling_failure_count  # type: ignore[has-type]  # the mixin is untyped
        self.throttling_failure_count = min(count, _LONGEST_WAIT)
        if commit:
            self.save()

    def verify_token(self, token: str) -> bool:
        """Take a code of the telephone or of the paper, once; count a wrong one. The row is locked."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        if not (self.takes_code(token) or self._takes_spare(token)):
            self.throttle_increment()
            return False
        self.throttle_reset()
        return True

    def takes_code(self, code: str) -> bool:
        """Say whether CODE is the telephone's of now, and note that it is used; nothing is saved."""
        if len(code) != CODE_DIGITS or not code.isdecimal() or isinstance(self.key, UnreadableText):
            return False
        clock = TOTP(base64.b32decode(self.key), digits=CODE_DIGITS, drift=self.drift)
        if not clock.verify(int(code), tolerance=_TOLERANCE, min_t=self.last_t + 1):
            return False
        self.last_t, self.drift = clock.t(), clock.drift
        return True

    def spare_digest(self, code: str) -> str:
        """Return what is kept of a paper code: a digest keyed with SECRET_KEY, for this row alone."""
        return salted_hmac("core.spare_code", f"{self.pk}:{code}", algorithm="sha256").hexdigest()

    def _takes_spare(self, code: str) -> bool:
        used, _ = self.spare_codes.filter(digest=self.spare_digest(code)).delete()
        return bool(used)


class SpareCode(models.Model):
    """A code on paper for the day without the telephone; used up by deleting it."""

    authenticator = models.ForeignKey(
        Authenticator,
        verbose_name="手机验证器",
        on_delete=models.CASCADE,
        related_name="spare_codes",
    )
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "备用码"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["authenticator", "digest"], name="spare_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.authenticator_id}"
