"""A telephone with an authenticator, and what it takes to sign in with two factors."""

import base64
import re
import time

from django_otp.oath import TOTP

from core import actions
from core.models import Authenticator
from tests.core.signing_in import sign_in

STEP, NEW = "/second-factor/", "/second-factor/new/"


class Telephone:
    """What an authenticator does with a key that it was given as text."""

    def __init__(self, key):
        self.key = base64.b32decode(key)

    def code(self, later=0):
        """Return the code that it shows now, or LATER steps of half a minute."""
        clock = TOTP(self.key)
        clock.time = time.time() + 30 * later
        return f"{clock.token():06d}"

    def wrong_code(self):
        """Return six digits that are none of its codes of now."""
        near = {self.code(step) for step in range(-2, 3)}
        return next(f"{number:06d}" for number in range(10) if f"{number:06d}" not in near)


def telephone_of(user):
    """Set USER's second factor up and return his telephone and his paper codes."""
    telephone = Telephone(key := Authenticator.new_key())
    # With the code of the half minute before: that of now is still to be used.
    _, codes = actions.set_up_second_factor(user=user, key=key, code=telephone.code(-1))
    return telephone, codes


def shown_key(page):
    """Return the key that a set-up page writes for the hand."""
    written = re.search(r'<p class="key code">(.*?)</p>', page, re.DOTALL)
    return "".join(re.findall(r"<span>(\w+)</span>", written[1]))


def shown_codes(page):
    """Return the codes that the paper shows."""
    listed = re.search(r'<ol class="codes">(.*?)</ol>', page, re.DOTALL)
    return ["".join(re.findall(r"<span>(\d+)</span>", line)) for line in listed[1].split("</li>")][
        :-1
    ]


def step_in(client, user, code, **fields):
    """Sign USER in by password and CODE."""
    sign_in(client, user.username)
    return client.post(STEP, {"code": code, **fields})
