"""Verbs from posts: a user has the permissions of the groups of the roles he holds today."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from branches.enums import Role
from branches.models import Appointment
from core.models import User
from core.prepared import Prepared


def _user(pk: int) -> "QuerySet[User]":
    # With the number of his authenticator, which his session is compared with at every page.
    rows = User.objects.annotate(authenticator_pk=F("authenticator"))  # type: ignore[no-redef]  # the property asks for who has no session
    return rows.filter(pk=pk).order_by()


def _verbs(groups: tuple[str, ...]) -> "QuerySet[Any, Any]":
    rows = Permission.objects.filter(group__name__in=groups).order_by().distinct()
    return rows.values_list("content_type__app_label", "codename")


USER = Prepared(_user)
VERBS = Prepared(_verbs)
# The name of the group whose verbs an appointment gives.
_GROUP = Case(*(When(role=role, then=Value(str(role.label))) for role in Role))


class PostBackend(ModelBackend):
    """Group permissions follow current appointments; nobody is given groups or verbs by hand."""

    def get_user(self, user_id: int) -> User | None:
        """Return the user of a session, if he may still sign in."""
        user = next(iter(USER.rows(user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None

    def with_perm(
        self,
        perm: str | Permission,
        is_active: bool | None = True,
        include_superusers: bool = True,
        obj: Any = None,
    ) -> "QuerySet[User]":
        """Return who has the verb PERM by an appointment in force today; as Django, none for an OBJ.

        What a member may by his own record alone is not asked for here.
        """
        if obj is not None:
            return User.objects.none()
        posts = Appointment.objects.current().filter(user=OuterRef("pk"))
        found = Q(Exists(posts.annotate(group=_GROUP).filter(group__in=_groups_with(perm))))
        if include_superusers:
            found |= Q(is_superuser=True)
        if is_active is not None:
            found &= Q(is_active=is_active)
        return User.objects.filter(found)

    def _get_user_permissions(self, user_obj: Any) -> "QuerySet[Permission]":
        return Permission.objects.none()

    def _get_group_permissions(self, user_obj: Any) -> "QuerySet[Permission]":
        return Permission.objects.filter(group__name__in=_groups(user_obj)).distinct()

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        """Ask for the verbs of posts, in words made once, before Django asks for them itself."""
        known = vars(user_obj)
        if obj is None and user_obj.is_active and not user_obj.is_superuser:
            known.setdefault("_user_perm_cache", set())
            if "_group_perm_cache" not in known:
                verbs = VERBS.rows(_groups(user_obj))
                known["_group_perm_cache"] = {f"{room}.{verb}" for room, verb in verbs}
        return super()._get_permissions(user_obj, obj, from_name)  # type: ignore[misc]  # not in the stubs


def _groups(user: User) -> tuple[str, ...]:
    return tuple(sorted(str(Role(role).label) for role in user.roles))


def _groups_with(perm: str | Permission) -> "QuerySet[Any, Any]":
    if isinstance(perm, Permission):
        return Group.objects.filter(permissions=perm).values("name")
    room, _, verb = perm.partition(".")
    asked = {"permissions__content_type__app_label": room, "permissions__codename": verb}
    return Group.objects.filter(**asked).values("name")
