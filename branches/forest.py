"""Bounds and paths of whole trees, computed in one pass from parents alone. No queries.

Computing and writing 442,501 nodes takes seconds where saving them one by one takes hours; the
same pass serves imports and the repair (house §4).
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from branches import paths

Key = TypeVar("Key", bound=Hashable)


class Place(NamedTuple):
    """The derived columns of one node."""

    lft: int
    rght: int
    tree_id: int
    depth: int
    path: str


class Loop(ValueError):
    """Some nodes lie above themselves; ``keys`` names those that no root leads to."""

    def __init__(self, keys: list[object]) -> None:
        super().__init__(f"{len(keys)} nodes hang on no root")
        self.keys = keys


def circles(parents: Mapping[Key, Key | None]) -> list[list[Key]]:
    """Return every circle among PARENTS once, from any of its nodes upwards."""
    found: list[list[Key]] = []
    passed: set[Key] = set()
    for start in parents:
        way: dict[Key, None] = {}
        here: Key | None = start
        while here is not None and here in parents and here not in passed and here not in way:
            way[here] = None
            here = parents[here]
        if here is not None and here in way:
            steps = list(way)
            found.append(steps[steps.index(here) :])
        passed.update(way)
    return found


def nothing_kept(path: str) -> str:
    """Return that no path below PATH must be spared."""
    return ""


@dataclass
class Forest(Generic[Key]):
    """Nodes with their parents, in sibling order, and the places they had before.

    ``parents`` holds every node of the trees at hand (None: a root). ``old`` holds the places of
    stored nodes; what did not move keeps its path. ``last_tree`` and ``last_root`` are the highest
    tree number and root path in use anywhere, so that new roots collide with nothing.
    ``kept`` returns the highest path below a given one that must not be given again.
    """

    parents: Mapping[Key, Key | None]
    old: Mapping[Key, Place] = field(default_factory=dict)
    last_tree: int = 0
    last_root: str = ""
    kept: Callable[[str], str] = nothing_kept

    def places(self) -> dict[Key, Place]:
        """Return the place of every node. Raises Loop when some hang on no root."""
        children = self._children()
        roots = children.pop(None, [])
        found: dict[Key, Place] = {}
        trees: set[int] = set()
        for root, path in self._paths(None, "", roots):
            tree = self._tree_of(root, trees)
            self._walk(root, path, tree, children, found)
        if len(found) < len(self.parents):
            raise Loop([key for key in self.parents if key not in found])
        return found

    def _children(self) -> dict[Key | None, list[Key]]:
        children: dict[Key | None, list[Key]] = {}
        for key, parent in self.parents.items():
            children.setdefault(parent, []).append(key)
        return children

    def _tree_of(self, root: Key, trees: set[int]) -> int:
        place = self.old.get(root)
        if place is not None and place.depth == 0 and place.tree_id not in trees:
            tree = place.tree_id
        else:
            self.last_tree += 1
            tree = self.last_tree
        trees.add(tree)
        return tree

    def _walk(
        self,
        root: Key,
        path: str,
        tree: int,
        children: Mapping[Key | None, list[Key]],
        found: dict[Key, Place],
    ) -> None:
        counter = 1
        # Each level of the way down: node, its path, its left bound, what is left of its children.
        way: list[tuple[Key, str, int, Iterator[tuple[Key, str]]]] = [
            (root, path, counter, self._below(root, path, children))
        ]
        while way:
            key, path, left, rest = way[-1]
            counter += 1
            step = next(rest, None)
            if step is None:
                way.pop()
                found[key] = Place(left, counter, tree, len(way), path)
            else:
                child, child_path = step
                way.append((child, child_path, counter, self._below(child, child_path, children)))

    def _below(
        self, key: Key, path: str, children: Mapping[Key | None, list[Key]]
    ) -> Iterator[tuple[Key, str]]:
        below = children.get(key)
        return self._paths(key, path, below) if below else iter(())

    def _paths(
        self, parent: Key | None, parent_path: str, children: Collection[Key]
    ) -> Iterator[tuple[Key, str]]:
        """Give each of CHILDREN its path: its last segment if it stayed, else a fresh one."""
        stayed: dict[str, Key] = {}
        for key in children:
            segment = self._kept_segment(parent, key)
            if segment:
                stayed.setdefault(segment, key)
        places = {key: segment for segment, key in stayed.items()}
        highest = max([*stayed, self.last_root if parent is None else ""], default="")
        if len(places) < len(children) and (parent is None or parent in self.old):
            spared = self.kept(parent_path)[len(parent_path) :]
            highest = max(highest, spared[: paths.SEGMENT])
        for key in children:
            segment = places.get(key)
            if segment is None:
                segment = highest = self._fresh(highest, stayed)
                stayed[segment] = key
            yield key, parent_path + segment

    def _kept_segment(self, parent: Key | None, key: Key) -> str | None:
        place = self.old.get(key)
        if place is None:
            return None
        above = self.old.get(parent) if parent is not None else None
        if paths.parent_of(place.path) != (above.path if above else ""):
            return None
        segment = place.path[-paths.SEGMENT :]
        return segment if paths.is_segment(segment) else None

    @staticmethod
    def _fresh(highest: str, taken: Mapping[str, object]) -> str:
        try:
            return paths.next_path("", highest)
        except paths.PathsExhausted:
            return paths.lowest_gap("", taken)
