"""Constraints that, before a save, ask the database only what cannot be told without it.

Django asks it about each of them, with every column of the row in the question and a savepoint
around it: measured, that was a tenth of the time of all writing. The database itself judges every
row at the end, as ever.
"""

from collections.abc import Collection
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models

# What Django itself calls them, so that migrations name no class of ours.
_DJANGO = "django.db.models"


class CheckConstraint(models.CheckConstraint):
    """Django's; what a row plainly keeps to is not asked, and the rest with its own columns alone."""

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Collection[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Raise ValidationError where INSTANCE breaks it; passed over when a column of it is excluded."""
        if not plainly_holds(self.condition, instance):
            super().validate(model, instance, _others(model, exclude, self.condition), using)

    def deconstruct(self) -> Any:
        """Return what migrations write."""
        _, args, options = super().deconstruct()
        return f"{_DJANGO}.CheckConstraint", args, options


class UniqueConstraint(models.UniqueConstraint):
    """Django's, for some rows only; whether a row is one of them is asked with the columns of it alone."""

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Collection[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Raise ValidationError where another row is in INSTANCE's way; passed over as Django's."""
        # What is to be unique stays: excluded, it would switch it off.
        unique = map(models.F, self.fields)
        others = _others(model, exclude, self.condition, *unique, *self.expressions)
        super().validate(model, instance, others, using)

    def deconstruct(self) -> Any:
        """Return what migrations write."""
        _, args, options = super().deconstruct()
        return f"{_DJANGO}.UniqueConstraint", args, options


def plainly_holds(condition: Any, instance: models.Model) -> bool:
    """Return whether INSTANCE meets CONDITION for certain; False: the database has to say.

    Only emptiness and equality with a plain value are told here: there Python and SQL are of one mind.
    """
    if isinstance(condition, tuple):
        lookup, wanted = condition
        return _is_plain_fact(lookup, wanted, instance)
    if not isinstance(condition, models.Q) or condition.negated:
        return False
    if condition.connector == models.Q.XOR:  # what is not plain may hold all the same
        return False
    facts = (plainly_holds(each, instance) for each in condition.children)
    return any(facts) if condition.connector == models.Q.OR else all(facts)


def _is_plain_fact(lookup: str, wanted: Any, instance: models.Model) -> bool:
    name, _, question = lookup.partition("__")
    field: Any = instance._meta.get_field(name)
    value = getattr(instance, field.attname)
    if question == "isnull":
        return (value is None) is wanted and not hasattr(value, "resolve_expression")
    plain = isinstance(value, bool | int | str)
    if question == "in":
        return plain and isinstance(wanted, list | tuple | set | frozenset) and value in wanted
    return plain and not question and value == wanted


def _others(model: Any, exclude: Collection[str] | None, *asked: Any) -> set[str]:
    """Return EXCLUDE and all columns of MODEL that none of the ASKED conditions and columns names."""
    named = {path[0] for each in asked for path in model._get_expr_references(each)}  # noqa: SLF001 -- as Django's own checks
    columns = {"pk", *(field.name for field in model._meta.concrete_fields)}
    return (columns - named).union(exclude or ())
