"""Asking for people by whole numbers: counted, so that no masked number is found out by trying."""

from django.db import transaction
from django.utils import timezone

from core import audit, crypto, signin
from core.models import User
from core.parameters import Parameters
from members.actions.member import taken
from members.models import Member
from members.roster.guesses import OF_ANY_NAME, Alike
from members.rules import search
from members.rules.problems import Problem, problem

TAKEN_MOST = "number.taken_most_a_day"
SEARCHED_MOST = "number.searched_most_an_hour"
SEARCHED_OUT = "这一小时按完整号码查找的次数用完了，请过一会儿再查，或者按姓名查找。"


@transaction.atomic
def ask_for_number(*, by: User, member: Member) -> Problem | None:
    """Return why MEMBER's number cannot be taken, as ``taken`` does; each such answer is on record.

    A number that is free costs nothing but its likeness to those asked for before, since whoever
    tries what a mask leaves would register the misses. Used up: nothing is looked up until tomorrow.
    """
    if not member.id_number:
        return None
    limits = Parameters(TAKEN_MOST, OF_ANY_NAME)
    alike = limits.number(OF_ANY_NAME)
    key = f"n:{by.pk}"
    # Taken first and given back: forms sent side by side must not share the last one.
    if not signin.take_try(key, most=limits.number(TAKEN_MOST)):
        return problem("ID_ASKED_OUT")
    likenesses = _likenesses(member.id_number, by)
    if not all(signin.take_try(likeness, most=alike) for likeness in likenesses):
        return problem("ID_ASKED_OUT")
    if clash := taken(member, by):
        place = member if member.pk else member.branch
        area_path = member.branch.area_path if member.branch else member.area_path
        audit.record(
            by=by, act="核对证件号码", instance=place, area_path=area_path, note=clash.message
        )
        return clash
    signin.give_back_try(key)
    return None


def count_search(*, by: User, typed: str) -> bool:
    """Count what BY searches for where it is a whole number; False when the hour's are used up.

    One query, until there are more than is always allowed.
    """
    if search.read(typed).means != search.Means.NUMBER:
        return True
    key = f"s:{by.pk}:{timezone.localtime():%H}"
    if signin.take_try(key, most=search.NEVER_TOO_MANY):
        return True
    return signin.take_try(key, most=Parameters(SEARCHED_MOST).number(SEARCHED_MOST))


def _likenesses(number: str, by: User) -> list[str]:
    """Return the keys of what NUMBER shares with those nearly like it, whatever the name; sealed."""
    alike = Alike()
    alike.meet("", number)
    sums = [f"{way}:{column[0]}" for way, column in enumerate(alike.unnamed)]
    return [f"l:{by.pk}:{crypto.blind_index(each, 'number.alike')}" for each in sums]
