"""What a row plainly keeps to is not asked of the database; everything else still is."""

import datetime as dt

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from branches.enums import Role
from branches.models import Appointment, Area, Branch
from core.constraints import CheckConstraint, UniqueConstraint, plainly_holds
from core.models import User
from members.enums import AffiliationKind
from members.models import Affiliation, Member

ROOMS = ("core", "branches", "members", "activities", "services")
DAY = dt.date(2026, 11, 1)


def constraints(kind: type[models.BaseConstraint]) -> list[models.BaseConstraint]:
    """All constraints of a kind in the portal's own models."""
    own = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    return [each for model in own for each in model._meta.constraints if isinstance(each, kind)]


def test_every_check_of_the_portal_is_of_the_cheap_kind():
    checks = constraints(models.CheckConstraint)
    assert len(checks) >= 9
    assert [each for each in checks if not isinstance(each, CheckConstraint)] == []


def test_every_conditional_uniqueness_is_of_the_cheap_kind():
    unique = [each for each in constraints(models.UniqueConstraint) if each.condition is not None]
    assert len(unique) >= 5
    assert [each for each in unique if not isinstance(each, UniqueConstraint)] == []


def test_migrations_name_django_alone():
    ours = [*constraints(CheckConstraint), *constraints(UniqueConstraint)]
    assert {each.deconstruct()[0] for each in ours} == {
        "django.db.models.CheckConstraint",
        "django.db.models.UniqueConstraint",
    }


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Q(theme_day__isnull=True), True),
        (Q(founded_on__isnull=False), True),
        (Q(founded_on__isnull=True), False),
        (Q(name="甲"), True),
        (Q(name="乙"), False),
        (Q(setting__in=["UNIT", "ELSE"]), True),
        (Q(setting__in=["ELSE"]), False),
        (Q(is_demo=False), True),
        (Q(parent__isnull=True), True),
        (Q(theme_day__isnull=True) | Q(theme_day__gte=1), True),
        (Q(theme_day__gte=1) | Q(theme_day__isnull=True), True),
        (Q(name="甲", theme_day__isnull=True), True),
        (Q(name="甲", theme_day=3), False),
        (Q(name="甲") & (Q(code="1") | Q(code="2")), True),
        # What Python does not tell as the database does is never said to hold.
        (Q(theme_day=None), False),
        (~Q(name="乙"), False),
        (Q(name="甲") ^ Q(theme_day__isnull=True), False),
        (Q(name="甲") ^ Q(theme_day__gte=1), False),
        (Q(name__iexact="甲"), False),
        (Q(name=F("code")), False),
        (Q(founded_on=DAY), False),
        (Q(founded_on__gte=DAY), False),
        (Q(models.Exists(Branch.objects.none())), False),
    ],
)
def test_what_plainly_holds_is_emptiness_and_equality(condition, holds):
    branch = Branch(code="1", name="甲", setting="UNIT", founded_on=DAY)
    assert plainly_holds(condition, branch) is holds


def test_a_value_that_the_database_is_to_work_out_holds_plainly_for_nothing():
    branch = Branch(theme_day=F("theme_day") + 1, name=models.Value("甲"))
    for condition in (Q(theme_day__isnull=False), Q(theme_day__isnull=True), Q(name="甲")):
        assert not plainly_holds(condition, branch)


ROWS = [
    *(Branch(theme_day=day) for day in (None, 0, 1, 28, 29)),
    *(
        Branch(founded_on=founded, dissolved_on=dissolved)
        for founded in (None, DAY)
        for dissolved in (None, DAY, dt.date(2026, 10, 31))
    ),
    *(
        Area(level=level, grid_worker=worker, grid_phone=phone)
        for level in (4, 5)
        for worker in ("", "赵明")
        for phone in ("", "5550101")
    ),
    *(
        Appointment(role=role, area_id=area, branch_id=branch)
        for role in (Role.BUREAU, Role.SECRETARY, Role.AUDITOR)
        for area in (None, 1)
        for branch in (None, 1)
    ),
    *(Appointment(started_on=DAY, ended_on=end) for end in (None, DAY, dt.date(2026, 10, 31))),
    *(
        User(must_change_password=must, first_password_on=day)
        for must in (False, True)
        for day in (None, DAY)
    ),
]


def verdict(constraint: models.CheckConstraint, kind: type[models.CheckConstraint], row) -> str:
    try:
        kind.validate(constraint, type(row), row)
    except ValidationError as error:
        return "".join(error.messages)
    return ""


def test_every_row_is_judged_as_django_judges_it(db):
    refused = 0
    for row in ROWS:
        for check in row._meta.constraints:
            said = verdict(check, CheckConstraint, row)
            assert said == verdict(check, models.CheckConstraint, row), (vars(row), check.name)
            refused += bool(said)
    assert refused > 10


def test_a_good_row_asks_nothing_and_a_doubtful_one_once(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        Branch(founded_on=DAY).validate_constraints()
    # Its savepoint, the question with one column, and the end of the savepoint.
    with django_assert_num_queries(3):
        Branch(founded_on=DAY, theme_day=5).validate_constraints()


def test_a_check_of_an_excluded_column_is_passed_over(db):
    branch = Branch(theme_day=29)
    with pytest.raises(ValidationError):
        branch.validate_constraints()
    branch.validate_constraints(exclude={"theme_day"})


def test_a_second_home_is_refused_before_it_is_saved(member, branch, other_branch):
    somebody = Member.objects.get(user=member)
    home = Affiliation(member=somebody, branch=other_branch, kind=AffiliationKind.HOME)
    with pytest.raises(ValidationError, match="已有隶属的党支部"):
        home.validate_constraints()
    home.validate_constraints(exclude={"kind"})
    home.validate_constraints(exclude={"member"})
    home.ended_on = DAY
    home.validate_constraints()
    again = Affiliation(member=somebody, branch=branch, kind=AffiliationKind.HOME)
    with pytest.raises(ValidationError) as refusal:
        again.validate_constraints()
    assert len(refusal.value.messages) == 2
    Affiliation.objects.get(member=somebody).validate_constraints()


@pytest.mark.parametrize("kind", [UniqueConstraint, models.UniqueConstraint])
def test_what_is_unique_in_another_form_is_asked_too(branch, kind):
    once = kind(Lower("code"), condition=Q(dissolved_on__isnull=True), name="code_once")
    with pytest.raises(ValidationError):
        once.validate(Branch, Branch(code=branch.code))
    once.validate(Branch, Branch(code=branch.code, dissolved_on=DAY))
    once.validate(Branch, Branch(code=branch.code), exclude={"code"})
