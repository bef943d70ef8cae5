"""In whose name a command acts, and whose account it acts on."""

import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, OutputWrapper

from core.models import User

NOBODY = 2


def named_user(name: str) -> User:
    """Return the user of a sign-in name; CommandError with exit code 2 when there is none."""
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist:
        raise CommandError(f"没有登录名为 {name} 的用户。", returncode=NOBODY) from None


def ask_password(user: User, told: OutputWrapper) -> str:
    """Return a password for USER typed twice alike that is good enough; TOLD hears why one is not."""
    while True:
        password = getpass.getpass("密码（输入时不显示）：")
        if password != getpass.getpass("再输一遍密码："):
            told.write("两遍输得不一样，请重新输。")
            continue
        try:
            validate_password(password, user)
        except ValidationError as refused:
            told.write("\n".join(refused.messages))
            continue
        return password
