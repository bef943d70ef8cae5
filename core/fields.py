"""Model fields: sealed texts, their exact-search indexes, byte-ordered text."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import import_string

from core import crypto
from core.crypto import UnreadableText

# Tree paths: so many of these characters a level, so that bytes sort as the tree reads.
PATH_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PATH_SEGMENT = 4


class SealedTextField(models.TextField):
    """Text kept as AES-256-GCM; reads and writes plain text. The empty string stays empty.

    The database cannot limit what it cannot read, so ``validate`` does: no sealed column holds
    more than an address.
    """

    LONGEST = 200  # characters

    @property
    def context(self) -> str:
        """Associated data of this field's sealed texts: ``table.column``."""
        return f"{self.model._meta.db_table}.{self.column}"

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if value and len(value) > self.LONGEST:
            raise ValidationError(f"最多{self.LONGEST}个字，现在有{len(value)}个，请删短。")

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if isinstance(value, UnreadableText):
            return value.sealed
        return crypto.seal(value, self.context) if value else value

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        if not value:
            return value
        try:
            return crypto.unseal(value, self.context)
        except crypto.Unreadable:
            return UnreadableText(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked of a sealed column: anything else would never match."""
        if lookup_name not in {"isnull", "exact"}:
            return None
        return super().get_lookup(lookup_name)


class BlindIndexField(models.CharField):
    """Keyed digest of another field's normalised text, for exact search of sealed columns.

    ``source`` names the sealed field, ``normalise`` the dotted path of a str -> str function.
    """

    def __init__(self, *, source: str, normalise: str, **options: Any) -> None:
        self.source = source
        self.normalise = normalise
        options.setdefault("max_length", 22)
        options.setdefault("editable", False)
        options.setdefault("null", True)
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"source": self.source, "normalise": self.normalise}

    def digest(self, plain: str) -> str | None:
        """Return the stored digest of PLAIN, or None when there is nothing to index."""
        normalise: Callable[[str], str] = import_string(self.normalise)
        normalised = normalise(plain) if plain else ""
        context = f"{self.model._meta.db_table}.{self.source}"
        return crypto.blind_index(normalised, context) if normalised else None

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        plain = getattr(model_instance, self.source)
        if isinstance(plain, UnreadableText):
            return getattr(model_instance, self.attname)
        value = self.digest(plain or "")
        setattr(model_instance, self.attname, value)
        return value


class ByteOrderedCharField(models.CharField):
    """Text that sorts and compares by bytes, so a prefix is a plain index range on any database."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


def prefix_range(lookup: str, prefix: str) -> models.Q:
    """Return the condition that LOOKUP (a byte-ordered column) begins with PREFIX, as a range."""
    if not prefix:
        return models.Q(**{f"{lookup}__gte": ""})
    return models.Q(**{f"{lookup}__gte": prefix, f"{lookup}__lt": prefix_end(prefix)})


def prefix_end(prefix: str) -> str:
    """Return the lowest text after all that begins with PREFIX; empty for no prefix, which has no end."""
    return prefix and prefix[:-1] + chr(ord(prefix[-1]) + 1)


def path_ranges(lookup: str, paths: Iterable[str]) -> models.Q:
    """Return the condition that LOOKUP (a tree path) begins with one of PATHS; empty for none.

    Neighbours become one range, and what lies below another is left out: who looks after all
    districts of a province asks one range of the index, not a hundred.
    """
    ranges: list[tuple[str, str]] = []
    for path in sorted(set(paths)):
        if ranges and path < ranges[-1][1]:
            continue
        after = path_end(path)
        if ranges and path == ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], after)
        else:
            ranges.append((path, after))
    condition = models.Q()
    for first, end in ranges:
        condition |= models.Q(**{f"{lookup}__gte": first, f"{lookup}__lt": end})
    return condition


def path_end(path: str) -> str:
    """Return the lowest text after PATH and all below it that can be a path on the same level."""
    above, last = path[:-PATH_SEGMENT], path[-PATH_SEGMENT:]
    kept = last.rstrip(PATH_DIGITS[-1])
    if not kept:
        return f"{path[:-1]}{chr(ord(path[-1]) + 1)}"
    higher = PATH_DIGITS[PATH_DIGITS.index(kept[-1]) + 1]
    return above + (kept[:-1] + higher).ljust(PATH_SEGMENT, PATH_DIGITS[0])
