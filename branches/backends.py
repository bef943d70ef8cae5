"""Verbs from posts: a user has the permissions of the groups of the roles he holds today."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from branches.enums import Role
from core.models import User


class PostBackend(ModelBackend):
    """Group permissions follow current appointments; nobody is given groups or verbs by hand."""

    def _get_user_permissions(self, user_obj: Any) -> "QuerySet[Permission]":
        return Permission.objects.none()

    def _get_group_permissions(self, user_obj: Any) -> "QuerySet[Permission]":
        user: User = user_obj
        names = [Role(role).label for role in user.roles]
        return Permission.objects.filter(Q(group__name__in=names)).distinct()
