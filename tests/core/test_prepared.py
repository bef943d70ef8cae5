"""A prepared question asks, word for word, what the ORM would have asked of the same user."""

import datetime as dt
from collections import Counter
from contextlib import nullcontext

import pytest
import time_machine
from django.db import DataError, NotSupportedError, connection, transaction
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from activities.models import Activity
from activities.views.access import KEPT
from activities.views.branch import DAYS, HOME
from branches.backends import USER, VERBS
from branches.enums import Role
from branches.lineage import NAMES
from branches.models import Appointment, Branch
from branches.standing import POSTS
from core.models import BackgroundRun, Kind, User
from core.parameters import ROWS
from core.prepared import PLANNED_AFTER, Prepared
from members.models import Member
from members.standing import BRANCHES
from tests.factories.activities import make_link
from tests.factories.branches import make_post

pytestmark = pytest.mark.django_db

CAST = (
    "secretary",
    "other_secretary",
    "group_leader",
    "member",
    "bureau_staff",
    "street_staff",
    "outsider",
    "sysadmin",
    "auditor",
    "superuser",
)
FIRST, LAST = "2026-01", "2026-12"


def asked(question, *values) -> tuple[list[str], list]:
    with CaptureQueriesContext(connection) as queries:
        found = question(*values)
    return [query["sql"] for query in queries], found


def same(question: Prepared, *values) -> list:
    """Return what QUESTION finds; its words and rows must be those of the ORM."""
    for user in values:
        _ = isinstance(user, User) and user.standing  # what the middleware has asked already
    words, found = asked(question.rows, *values)
    plain_words, plain = asked(lambda *each: list(question.ask(*each)), *values)
    assert words == plain_words
    assert found == plain
    for _ in range(PLANNED_AFTER + 2):  # unobserved: on PostgreSQL with its plan kept at last
        assert Counter(question.rows(*values)) == Counter(found)
    return found


def kept_plans(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return sum(table in statement for (statement,) in cursor.fetchall())


@pytest.fixture
def cast(request) -> list[User]:
    return [User.objects.get(pk=request.getfixturevalue(name).pk) for name in CAST]


def test_every_role_is_asked_with_his_own_reach(cast, branch, far_branch):
    opened = {
        (name, each): bool(same(KEPT, user, each.pk))
        for name, user in zip(CAST, cast, strict=True)
        for each in (branch, far_branch)
    }
    keep = {name for (name, each), is_open in opened.items() if is_open and each == branch}
    assert keep == {"secretary", "bureau_staff", "street_staff", "superuser"}
    far = {name for (name, each), is_open in opened.items() if is_open and each == far_branch}
    assert far == {"outsider", "superuser"}


def test_the_pages_of_a_branch_ask_the_same_words(cast, branch, other_branch):
    for user in cast:
        for each in (branch, other_branch):
            same(HOME, user, each.pk, dt.date(2026, 11, 1))
            same(DAYS, user, each.pk, FIRST, LAST)


def test_what_every_page_asks_of_its_user_is_asked_in_the_same_words(cast, branch, other_branch):
    day = dt.date(2026, 11, 22)
    for user in cast:
        assert same(USER, user.pk) == [user]
        same(POSTS, user.pk, day)
        same(BRANCHES, user.pk, day)
        same(VERBS, tuple(sorted(str(Role(role).label) for role in user.roles)))
    same(ROWS, ("theme.day", "theme.first_month"))
    for each in (branch, other_branch):
        assert len(same(NAMES, (each.area_path,), (each.path,))) == 2


def test_a_post_of_several_branches_is_asked_the_long_way(secretary, branch, other_branch):
    make_post(Role.SECRETARY, other_branch, secretary)
    user = User.objects.get(pk=secretary.pk)
    assert [same(KEPT, user, each.pk) for each in (branch, other_branch)] == [
        [branch],
        [other_branch],
    ]


def test_members_by_home_link_and_account_are_found_alike(secretary, member, branch, other_branch):
    make_link(Member.objects.get(user=member), other_branch)
    seen = Prepared(lambda user: Member.objects.visible_to(user).order_by("pk"))
    for who in (secretary, member):
        assert same(seen, User.objects.get(pk=who.pk)) == [Member.objects.get(user=member)]


def test_the_words_are_made_once(secretary, other_secretary, branch, other_branch):
    times = []
    question = Prepared(
        lambda user: times.append(user) or Branch.objects.visible_to(user).order_by()
    )
    assert question.rows(secretary) == [branch]
    assert question.rows(other_secretary) == [other_branch]
    assert len(times) == 1
    assert secretary not in times


def test_postgresql_keeps_the_plan_but_not_the_values(secretary, other_secretary, branch):
    question = Prepared(lambda user: Branch.objects.visible_to(user).order_by())
    users = [User.objects.get(pk=who.pk) for who in (secretary, other_secretary)]
    for _ in range(PLANNED_AFTER):
        assert question.rows(users[0]) == [branch]
    before = connection.vendor == "postgresql" and kept_plans("branches_branch")
    found = [question.rows(user) for user in users for _ in range(2)]
    assert found[:2] == [[branch]] * 2
    assert found[2:] == [list(Branch.objects.visible_to(users[1]))] * 2
    if connection.vendor == "postgresql":
        assert kept_plans("branches_branch") == before + 1


def retyped(length: int) -> None:
    """Change the type of a column under the plans that are kept; SQLite keeps none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE core_kind ALTER COLUMN source TYPE varchar({length})")


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_an_upgrade_made_useless_is_made_anew():
    question = Prepared(lambda name: Kind.objects.filter(name=name).order_by())
    kind = Kind.objects.create(key="activity.trial", engine="activity", name="甲")

    def asked_often() -> bool:
        return all(question.rows("甲") == [kind] for _ in range(PLANNED_AFTER + 2))

    try:
        assert asked_often()
        retyped(101)
        assert asked_often()
    finally:
        retyped(100)
    is_postgresql = connection.vendor == "postgresql"
    # In the middle of an act nothing is asked again on another connection.
    with pytest.raises(NotSupportedError) if is_postgresql else nullcontext(), transaction.atomic():
        question.rows("甲")
    assert asked_often()


def test_of_other_questions_neither_plan_nor_words_are_kept(branch):
    for _ in range(PLANNED_AFTER + 2):
        assert list(Branch.objects.filter(name="别人不该知道的名字")) == []
    if connection.vendor == "postgresql":
        assert "别人不该知道的名字" not in repr(vars(connection.connection)["_prepared"].__dict__)


def test_after_a_failed_question_the_usual_ones_are_asked_as_usual(branch):
    by_nothing = Prepared(
        lambda pk: Branch.objects.filter(pk=pk).annotate(n=1 / (F("pk") - F("pk")))
    )
    is_postgresql = connection.vendor == "postgresql"
    with pytest.raises(DataError) if is_postgresql else nullcontext(), transaction.atomic():
        by_nothing.rows(branch.pk)
    for _ in range(PLANNED_AFTER + 2):
        assert list(Branch.objects.filter(pk=branch.pk)) == [branch]
    assert not is_postgresql or kept_plans("branches_branch") == 0


def test_an_impossible_number_is_no_row():
    assert USER.rows(2**80) == []


def test_a_value_that_is_changed_on_the_way_is_refused(branch):
    for question, value in (
        (lambda number: Branch.objects.filter(pk=number + 1), branch.pk),
        (lambda name: Branch.objects.filter(name=f"{name}！"), branch.name),
        (lambda number: Branch.objects.filter(name=str(number)), branch.pk),
        (lambda day: Activity.objects.filter(date=day + dt.timedelta(1)), dt.date(2026, 1, 1)),
    ):
        with pytest.raises(TypeError, match="changed one of its values"):
            Prepared(question).rows(value)


def test_a_question_that_asks_for_today_asks_for_each_days_own(branch, secretary):
    def current(user: int) -> QuerySet:
        return Appointment.objects.current().filter(user=user).order_by()

    question = Prepared(current)
    Appointment.objects.filter(user=secretary).update(ended_on=localdate())
    assert [post.user_id for post in question.rows(secretary.pk)] == [secretary.pk]
    with time_machine.travel(now() + dt.timedelta(days=1)):
        assert question.rows(secretary.pk) == []


def test_another_day_in_a_question_is_refused(branch):
    founded = Prepared(lambda name: Branch.objects.filter(name=name, founded_on="2020-07-01"))
    with pytest.raises(TypeError, match="a day of its own"):
        founded.rows("x")


def test_a_value_that_the_sql_does_not_ask_for_is_refused(branch):
    dropped = Prepared(lambda n: BackgroundRun.objects.filter(done__gt=n))
    with pytest.raises(TypeError, match="does not ask for"):
        dropped.rows(1)


def test_what_is_fetched_afterwards_is_refused(branch):
    fetching = Prepared(lambda pk: Branch.objects.filter(pk=pk).prefetch_related("appointment_set"))
    with pytest.raises(TypeError, match="plain rows"):
        fetching.rows(branch.pk)


def test_rows_are_kept_from_others_in_a_transaction_only(branch):
    question = Prepared(lambda pk: Branch.objects.select_for_update(no_key=True).filter(pk=pk))
    for _ in range(2):
        assert question.rows(branch.pk) == [branch]
    words = next(iter(question._kept.values()))
    assert words.locks
    assert ("FOR NO KEY UPDATE" in words.sql) is (connection.vendor == "postgresql")


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_nothing_would_hold_is_refused(branch):
    question = Prepared(lambda pk: Branch.objects.select_for_update(no_key=True).filter(pk=pk))
    with transaction.atomic():
        assert question.rows(branch.pk) == [branch]
    if connection.vendor == "postgresql":
        with pytest.raises(transaction.TransactionManagementError):
            question.rows(branch.pk)
