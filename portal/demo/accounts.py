"""Accounts of the demonstration: a secretary for every branch, and one sign-in for each role.

Passwords follow from the installation's own secret, so they can be shown again at any time and
differ from server to server. Only accounts marked as demonstration ever get one.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, identify_hasher, make_password
from django.utils.crypto import salted_hmac

from branches.enums import Role
from branches.models import Appointment, Area, Branch
from core.models import User
from members.models import Member
from portal.demo import people
from portal.demo.months import Fellow
from portal.demo.plan import Plan
from portal.demo.recipe import Frame

OFFICE = (Role.BUREAU, Role.STREET, Role.AUDITOR, Role.SYSADMIN)
# Telephones of the staff lie beyond those of the members, in the same walk.
_STAFF_NUMBERS = 50_000_000
_OLDEST_SECRETARY = 79
TERM = 3  # years
_UNUSABLE = make_password(None)
Groups = dict[str, list[Fellow]]


@dataclass(frozen=True)
class Login:
    """What to type to sign in as one role; IS_CURRENT is false once somebody changed the password."""

    role: Role
    place: str
    username: str
    password: str
    is_current: bool


class Accounts:
    """Writes the accounts of one district."""

    def __init__(
        self,
        plan: Plan,
        recipe: Frame,
        areas: dict[str, Area],
        branches: dict[str, Branch],
        districts: Iterable[str] = (),
    ) -> None:
        self.plan = plan
        self.recipe = recipe
        self.areas = areas
        self.branches = branches
        # Where the bureau's post reaches: this district, or all of a province.
        self.districts = list(districts) or [plan.areas[0].code]
        self.posts: list[Appointment] = []
        self.users: dict[str, User] = {}

    def write(self, fellows: list[Fellow]) -> dict[str, User]:
        """Write all accounts and posts; return the secretary of every branch that meets, by code.

        Where the plan names no branch whose secretary signs in, nobody gets a password.
        """
        secretaries = self._secretaries(fellows)
        signs_in = self.plan.secretary_branch
        others = self._others(fellows, set(secretaries.values())) if signs_in else {}
        numbers = {*secretaries.values(), *others.values()}
        members = Member.objects.in_bulk(numbers)
        for number in sorted(numbers):
            self._add_user(members[number])
        self._add_posts(secretaries, others)
        if signs_in:
            for number in (secretaries[signs_in], *others.values()):
                self._let_in(self.users[_username(number)], members[number].phone)
            self._add_office()
        for user in self.users.values():
            user.spell()
        User.objects.bulk_create(self.users.values())
        Appointment.objects.bulk_create(self.posts)
        for member in members.values():
            member.user = self.users[member.number]
        Member.objects.bulk_update(members.values(), ["user"])
        return {code: self.users[_username(number)] for code, number in secretaries.items()}

    def _secretaries(self, fellows: list[Fellow]) -> dict[str, int]:
        """Return who is secretary of each branch, by the branch's code: a row id of a member."""
        chosen: dict[str, int] = {}
        taken: set[int] = set()
        homes, guests = _by_branch(fellows)
        for branch in self.plan.branches:
            if branch.theme_day:
                here = homes.get(branch.code) or guests[branch.code]
                free = [one for one in here if one.pk not in taken] or here
                chosen[branch.code] = next(filter(self._is_fit, free), free[0]).pk
                taken.add(chosen[branch.code])
        return chosen

    def _others(self, fellows: list[Fellow], taken: set[int]) -> dict[Role, int]:
        """Return who else of the secretary's branch signs in, by role."""
        homes, _ = _by_branch(fellows)
        here = homes[self.plan.secretary_branch]
        at_home = [one for one in here if one.pk not in taken and self._is_fit(one)]
        # The member's page shows more for somebody who also belongs elsewhere.
        member = next((one for one in at_home if len(one.links) > 1), at_home[-1])
        roles = (Role.COMMITTEE, Role.STATION_HEAD)
        helpers = (one.pk for one in at_home if one is not member)
        return {Role.MEMBER: member.pk} | dict(zip(roles, helpers, strict=False))

    def _is_fit(self, fellow: Fellow) -> bool:
        return not fellow.is_frail and fellow.born >= self.recipe.day.year - _OLDEST_SECRETARY

    def _add_user(self, member: Member) -> None:
        self.users[member.number] = User(
            username=member.number, display_name=member.name, is_demo=True, password=_UNUSABLE
        )

    def _let_in(self, user: User, phone: str) -> None:
        user.phone = phone
        user.password = make_password(password_of(user.username), _salt_of(user.username))

    def _add_posts(self, secretaries: dict[str, int], others: dict[Role, int]) -> None:
        terms = {branch.code: branch.term_ends for branch in self.plan.branches}
        for code, number in secretaries.items():
            self._add_post(Role.SECRETARY, _username(number), branch=self.branches[code])
            _date_term(self.posts[-1], terms.get(code))
        for role, number in others.items():
            if role != Role.MEMBER:  # follows from the register, not from a post
                here = self.branches[self.plan.secretary_branch]
                self._add_post(role, _username(number), branch=here)

    def _add_office(self) -> None:
        here = self.branches[self.plan.secretary_branch].code
        community = next(branch.area for branch in self.plan.branches if branch.code == here)
        places: dict[Role, list[Area | None]] = {
            Role.BUREAU: [self.areas[code] for code in self.districts],
            Role.STREET: [self.areas[community[:9] + "000"]],
        }
        for number, role in enumerate(OFFICE):
            phone = people.phone(_STAFF_NUMBERS + number)
            user = User(username=phone, display_name=f"演示{role.label}", is_demo=True)
            self.users[phone] = user
            self._let_in(user, phone)
            for place in places.get(role, [None]):
                self._add_post(role, phone, area=place)

    def _add_post(self, role: str, username: str, **place: Area | Branch | None) -> None:
        user = self.users[username]
        since = self.recipe.first_month
        self.posts.append(Appointment(user=user, role=role, started_on=since, **place))


def _date_term(post: Appointment, last: dt.date | None) -> None:
    if last is not None:
        post.started_on = last.replace(year=last.year - TERM, day=1)
        post.ended_on = last


def password_of(username: str) -> str:
    """Return the demonstration password of USERNAME on this installation."""
    digits = int(salted_hmac("portal.demo", username).hexdigest(), 16) % 10**8
    return f"qinglan-{digits:08d}"


def _salt_of(username: str) -> str:
    """Return a salt by which a password of ours is known again without the cost of checking it."""
    return salted_hmac("portal.demo.salt", username).hexdigest()[:32]


def logins() -> list[Login]:
    """Return the sign-ins of the demonstration accounts that have a password, offices first."""
    users = User.objects.filter(is_demo=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    posts = Appointment.objects.current().filter(user__in=users).select_related("area", "branch")
    by_user = {post.user_id: post for post in posts.order_by("pk")}
    return sorted((_login(user, by_user.get(user.pk)) for user in users), key=_rank)


def _login(user: User, post: Appointment | None) -> Login:
    salt = identify_hasher(user.password).decode(user.password)["salt"]
    return Login(
        role=Role(post.role if post else Role.MEMBER),
        place=str((post.area or post.branch or "系统") if post else user.display_name),
        username=user.phone or user.username,
        password=password_of(user.username),
        is_current=salt == _salt_of(user.username),
    )


def _rank(login: Login) -> int:
    return list(Role).index(login.role)


def _username(number: int) -> str:
    return f"{number:08d}"


def _by_branch(fellows: Iterable[Fellow]) -> tuple[Groups, Groups]:
    """Return who is at home in, and who is linked to, each branch today, by its code."""
    homes: Groups = defaultdict(list)
    guests: Groups = defaultdict(list)
    for fellow in fellows:
        for link in fellow.links:
            if link.ended_on is None:
                (homes if link.is_home else guests)[link.branch].append(fellow)
    return homes, guests
