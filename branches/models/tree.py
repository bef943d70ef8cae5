"""What the territory and the organisation have in common: a tree that is written under its lock."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import Max
from mptt.models import MPTTModel

from branches import locks

Model = TypeVar("Model", bound=models.Model)

# Derived from ``parent``; never given by anybody.
DERIVED = ("lft", "rght", "tree_id", "depth")


def without_bounds_index(model: type[Model]) -> type[Model]:
    """Take away the index on tree and left bound that mptt gives to every tree.

    Each insert changes the bounds of all that lies to its right. With them in an index PostgreSQL
    writes every index anew for each of those rows: measured, ten times slower. Nothing sorts by it:
    lists follow ``path``.
    """
    kept = [index for index in model._meta.indexes if index.fields != ["tree_id", "lft"]]
    model._meta.indexes = kept
    return model


class TreeNode(MPTTModel):
    """A node that refuses to be written unless its trees are locked (see ``branches.trees``)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Save under the lock of the tree it is in and of the tree it goes to."""
        locks.require(type(self), self._trees_touched())
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> Any:
        """Delete under the lock of its tree. Registers never do; removable demo data does."""
        locks.require(type(self), {self.tree_id})
        return super().delete(*args, **options)

    def move_to(self, target: Any, position: str = "first-child") -> None:
        """Move under the locks of both trees."""
        trees = {self.tree_id, target.tree_id if target is not None else locks.ROOTS}
        locks.require(type(self), trees)
        with locks.holding(type(self), {self._tree_after() if target is None else target.tree_id}):
            super().move_to(target, position)

    def _tree_after(self) -> int:
        # Who holds the roots may write the tree that mptt is about to number: nobody else knows it.
        return type(self)._base_manager.aggregate(last=Max("tree_id"))["last"] + 1

    def _trees_touched(self) -> set[int]:
        trees = {self.tree_id} if self.pk and self.tree_id else set()
        if self.parent_id:
            trees.add(self.parent.tree_id)
        elif not trees:
            trees.add(locks.ROOTS)
        return trees
