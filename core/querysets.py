"""The one place that decides rows (house §3), and core's own many-row questions."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.enums import RunState, Verb
from core.fields import path_ranges
from core.scope import Reach

if TYPE_CHECKING:
    from core.models import User

# Who sees the system's own runs, and who may stop them or start them again.
SYSTEM_ROLES = {Verb.VIEW: frozenset({"SYSADMIN", "AUDITOR"}), Verb.EDIT: frozenset({"SYSADMIN"})}


class ScopedQuerySet(models.QuerySet):
    """Rows by the reach of a user's posts. A noun only says how it hangs off areas and branches.

    ``area_path_lookup`` and ``branch_path_lookup`` lead to byte-ordered path columns,
    ``own_branch_lookup`` to a branch id, ``owner_lookup`` to the user who owns the row.
    A noun that says nothing shows nothing.
    """

    area_path_lookup: str | None = None
    branch_path_lookup: str | None = None
    own_branch_lookup: str | None = None
    owner_lookup: str | None = None
    owner_may_edit = False

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Rows USER may see."""
        return self._within(user, Verb.VIEW)

    def editable_by(self, user: "User | AnonymousUser") -> Self:
        """Rows USER may change."""
        return self._within(user, Verb.EDIT)

    def choosable_by(self, user: "User | AnonymousUser") -> Self:
        """Rows USER may choose in a form; nouns that others merely hang on open more."""
        return self.editable_by(user)

    def _within(self, user: "User | AnonymousUser", verb: Verb) -> Self:
        if not user.is_authenticated or not user.is_active:
            return self.none()
        reach = user.standing.reach_for(verb)
        if reach.everything:
            return self.all()
        condition = self.condition_for(reach, user, verb)
        # An empty Q is "everything": without any ground there are no rows.
        return self.filter(condition) if condition else self.none()

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Return the OR of all grounds on which rows of this noun open; nouns may add their own."""
        condition = Q()
        if self.area_path_lookup:
            condition |= path_ranges(self.area_path_lookup, reach.area_paths)
        if self.branch_path_lookup:
            condition |= path_ranges(self.branch_path_lookup, reach.branch_paths)
        if self.own_branch_lookup and reach.own_branch_ids and verb == Verb.VIEW:
            condition |= Q(**{f"{self.own_branch_lookup}__in": reach.own_branch_ids})
        if self.owner_lookup and (verb == Verb.VIEW or self.owner_may_edit):
            condition |= Q(**{self.owner_lookup: user.pk})
        return condition


class OwnedQuerySet(ScopedQuerySet):
    """Rows that belong to the user who made them."""

    owner_lookup = "by"
    owner_may_edit = True


class RunQuerySet(OwnedQuerySet):
    """Runs of one's own; the system's own are seen by who looks after it and its trail."""

    def unfinished(self) -> Self:
        """Runs that wait or are under way."""
        return self.filter(state__in=(RunState.QUEUED, RunState.RUNNING))

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add the runs that nobody started."""
        condition = super().condition_for(reach, user, verb)
        return condition | Q(by__isnull=True) if user.roles & SYSTEM_ROLES[verb] else condition


class PrivateQuerySet(ScopedQuerySet):
    """Rows that are their owner's alone; no post opens them, the first administrator's neither."""

    owner_lookup = "owner"
    owner_may_edit = True

    def _within(self, user: "User | AnonymousUser", verb: Verb) -> Self:
        return self.filter(**{str(self.owner_lookup): user.pk}) if user.is_active else self.none()


class FileQuerySet(PrivateQuerySet):
    """Private files are handed out to who made them (security P16); other rows open theirs.

    One whose time is over is not there any more, though the nightly sweep has not come by.
    """

    owner_lookup = "by"

    def current(self) -> Self:
        """Files whose time is not over."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))

    def _within(self, user: "User | AnonymousUser", verb: Verb) -> Self:
        return super()._within(user, verb).current()


class AuditEventQuerySet(ScopedQuerySet):
    """Audit rows: a bureau's own territory; auditors, all."""

    area_path_lookup = "area_path"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Auditors read the whole trail; nobody edits it."""
        if verb == Verb.EDIT:
            return Q()
        if user.is_auditor:
            return Q(pk__isnull=False)
        return super().condition_for(reach, user, verb)

    def told_to(self, user: "User | AnonymousUser") -> Self:
        """Rows of the trail of one thing that USER may see: his own territory's, and of what lies in none.

        An account lies in none because its user may come from anywhere: it opens nothing.
        """
        of_tables = self.filter(area_path="").exclude(object_type="core.user")
        return self.visible_to(user) | of_tables

    def delete(self) -> Any:
        """Refuse: the trail is append-only."""
        raise TypeError("The audit trail is append-only.")

    def update(self, **values: Any) -> Any:
        """Refuse: the trail is append-only."""
        raise TypeError("The audit trail is append-only.")
