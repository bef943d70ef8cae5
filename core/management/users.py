"""In whose name a command acts."""

from django.core.management.base import CommandError

from core.models import User

NOBODY = 2


def named_user(name: str) -> User:
    """Return the user of a sign-in name; CommandError with exit code 2 when there is none."""
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist:
        raise CommandError(f"没有登录名为 {name} 的用户。", returncode=NOBODY) from None
