"""Acts on Party organisations. ``by`` is None for the system: commands, demo, tests."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from branches import rules, trees
from branches.actions.appointment import end_posts
from branches.models import Area, Branch, BranchChange
from branches.refusal import refuse_changed
from core import audit
from core.long_numbers import hide_personal_numbers
from core.models import Kind, User
from core.text import clean, squeeze


class Remains(NamedTuple):
    """What keeps a branch from being dissolved: a plain sentence, and the list where it is put right."""

    words: str
    address: str = ""


class Standing(NamedTuple):
    """A branch before a change: values of columns, and all that is reorganised as people read it."""

    values: dict[str, Any]
    words: dict[str, str]


# What higher rooms know that keeps a branch from being dissolved.
Obstacle = Callable[[Branch, dt.date], Iterable[Remains]]
_obstacles: list[Obstacle] = []

# What higher rooms know that keeps branches from the kind they are to have: a sentence by branch.
KindObstacle = Callable[[Sequence[Branch]], Mapping[int, str]]
_kind_obstacles: list[KindObstacle] = []

# What higher rooms put right when branches have a new kind or superior.
Follower = Callable[[User | None, Sequence[Branch]], None]
_followers: list[Follower] = []

# What changes with a date and a document only.
REORGANISED = ("name", "short_name", "kind", "tie", "parent", "area")

# What somebody writes of a branch in his own words.
FREE_TEXT = frozenset({"name", "short_name", "unit", "meeting_place", "approval_doc"})


def register_dissolution_obstacle(obstacle: Obstacle) -> Obstacle:
    """Let a higher room name what still hangs on a branch on the day it is to be dissolved."""
    if obstacle not in _obstacles:
        _obstacles.append(obstacle)
    return obstacle


def register_kind_obstacle(obstacle: KindObstacle) -> KindObstacle:
    """Let a higher room name what hangs on branches that their new kind does not take."""
    if obstacle not in _kind_obstacles:
        _kind_obstacles.append(obstacle)
    return obstacle


def kind_faults(branches: Sequence[Branch]) -> dict[int, str]:
    """Return by key which BRANCHES cannot be of the kind they are to have, and why (SYS-02, SYS-04).

    The caller keeps them from whoever would join them meanwhile.
    """
    found: dict[int, str] = {}
    for obstacle in _kind_obstacles if branches else ():
        found |= obstacle(branches)
    return found


def register_reorganisation_follower(follower: Follower) -> Follower:
    """Let a higher room put right what hung on branches by their kind or superior."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def follow_reorganisation(by: User | None, branches: Sequence[Branch]) -> None:
    """Have the higher rooms put right what hung on BRANCHES as they were."""
    for follower in _followers:
        follower(by, branches)


def create_branch(
    *,
    by: User | None,
    code: str,
    name: str,
    kind: Kind | str,
    area: Area,
    parent: Branch | None = None,
    founded_on: dt.date | None = None,
    **fields: Any,
) -> Branch:
    """Found one branch on AREA under PARENT (None: a top organisation). KIND is a row or its key.

    FIELDS are further columns. Raises ValidationError (SYS-02: the parent is a higher kind).
    """
    with trees.lock(Branch, parent):
        branch = Branch(
            code=squeeze(code),
            kind=_kind(kind),
            area=area,
            area_path=trees.steady_area_path(area),
            founded_on=founded_on,
            **_kept({"name": clean(name), **fields}),
        )
        check_new_branch(branch, parent)
        trees.insert(branch, parent, held=["area"])
        audit.record(by=by, act="成立党组织", instance=branch, after=audit.snapshot(branch))
    return branch


def _kept(fields: dict[str, Any]) -> dict[str, Any]:
    """Return FIELDS as they are kept: in words that members read, no ID or telephone of anybody."""
    if document := fields.get("approval_doc"):
        fields = fields | {"approval_doc": clean(document)}
    words = FREE_TEXT.intersection(fields)
    return fields | {name: hide_personal_numbers(fields[name] or "") for name in words}


def update_branch(
    *, by: User | None, branch: Branch, seen: Mapping[str, Any] | None = None, **fields: Any
) -> Branch:
    """Change columns of BRANCH that need no document: places, the fixed day, dates of founding.

    Only they are judged: a tie that is still missing keeps nobody from writing the meeting place.
    Its name, kind, superior and area change by ``reorganise_branch``; it ends by ``dissolve_branch``.
    SEEN is what the writer found there: raises ChangedMeanwhile where somebody else has written
    something else since.
    """
    if by_document := set(REORGANISED) & set(fields):
        raise TypeError(f"{sorted(by_document)} change with a date and a document")
    with trees.lock(Branch, branch):
        before = audit.snapshot(branch, fields)
        refuse_changed({name: getattr(branch, name) for name in fields}, seen or {}, fields)
        _set(branch, fields)
        rules.check_founding(branch.founded_on, timezone.localdate())
        branch.full_clean(exclude=trees.DERIVED)
        branch.save()
        after = audit.snapshot(branch, fields)
        if after != before:
            audit.record(by=by, act="修改党组织", instance=branch, before=before, after=after)
    return branch


def reorganise_branch(
    *, by: User | None, branch: Branch, on: dt.date, document: str, **wanted: Any
) -> Branch:
    """Give BRANCH the WANTED name, kind, tie, superior or area on a date by a document (SYS-02).

    WANTED holds columns of ``REORGANISED``. All in one act, judged by what comes out: a group that
    becomes a branch leaves its branch, and neither step would do without the other. Its subordinate
    units go along; what is so already is not written again. Raises ValidationError: a superior or an area that BY may not choose is refused.
    """
    parent = wanted.get("parent", branch.parent)
    with trees.lock(Branch, branch, parent):
        rules.check_reorganisation(
            founded_on=branch.founded_on,
            dissolved_on=branch.dissolved_on,
            on=on,
            document=document,
            today=timezone.localdate(),
        )
        document = hide_personal_numbers(clean(document))
        parent, area = wanted.pop("parent", branch.parent), wanted.pop("area", branch.area)
        _check_reach(by, branch, parent, area)
        named = {"parent", "area", *wanted}
        before = standing(branch, named)
        _set(branch, wanted)
        _check_outcome(branch, parent, wanted)
        if branch.kind.name != before.words["kind"]:
            trees.steady_branch(branch)  # who joins it now is counted, or finds it of the new kind
            if fault := kind_faults([branch]).get(branch.pk):
                raise ValidationError({"kind": fault})
        branch.full_clean(exclude=trees.DERIVED)
        branch.save()
        if branch.area_id != area.pk:
            trees.relocate(branch, area)
        trees.move(branch, parent)
        if keep_history(by=by, branch=branch, before=before, on=on, document=document):
            follow_reorganisation(by, [branch])
    return branch


def standing(branch: Branch, columns: Iterable[str]) -> Standing:
    """Return what is registered of BRANCH in COLUMNS, before it is changed."""
    return Standing(audit.snapshot(branch, columns), _words(branch))


def keep_history(
    *, by: User | None, branch: Branch, before: Standing, on: dt.date, document: str
) -> bool:
    """Keep how BRANCH stood BEFORE in its 沿革 and in the trail; return whether anything changed.

    What needs no document, as the day of founding, is kept in the trail alone. DOCUMENT is as it
    is to be read.
    """
    after = audit.snapshot(branch, before.values)
    changed = {name for name, value in after.items() if value != before.values[name]}
    if not changed:
        return False
    reorganised = changed.intersection(REORGANISED)
    if reorganised:
        change = BranchChange(branch=branch, on=on, document=document)
        change.changes = _differences(branch, before.words, reorganised)
        change.full_clean(exclude=["branch"])  # it is there: BRANCH is held
        change.save()
    act = "调整党组织" if reorganised else "修改党组织"
    audit.record(by=by, act=act, instance=branch, before=before.values, after=after)
    return True


def dissolve_branch(*, by: User | None, branch: Branch, on: dt.date, document: str) -> Branch:
    """Dissolve BRANCH on a date by a document; its posts end with it. Nothing is deleted (SYS-02)."""
    with trees.lock(Branch, branch):
        trees.steady_branch(branch)  # who joins it now is counted, or finds it dissolved
        rules.check_dissolution(
            founded_on=branch.founded_on,
            dissolved_on=branch.dissolved_on,
            on=on,
            document=document,
            today=timezone.localdate(),
            obstacles=[each.words for each in what_remains(branch, on)],
        )
        before = audit.snapshot(branch, ["dissolved_on", "dissolution_doc"])
        branch.dissolved_on, branch.dissolution_doc = on, hide_personal_numbers(clean(document))
        branch.full_clean(exclude=trees.DERIVED)
        branch.save()
        end_posts(by=by, branch=branch, on=on)
        after = audit.snapshot(branch, ["dissolved_on", "dissolution_doc"])
        audit.record(by=by, act="撤销党组织", instance=branch, before=before, after=after)
    return branch


def what_remains(branch: Branch, on: dt.date) -> list[Remains]:
    """Return what still keeps BRANCH, whose keeper the caller is, from being dissolved ON a day."""
    found = []
    below = Branch.objects.filter(parent=branch.pk, dissolved_on__isnull=True)
    if children := below.count():
        listed = f"{reverse('admin:branches_branch_changelist')}?parent={branch.pk}"
        found.append(Remains(f"下面还有 {children} 个党组织，请先调整到别的上级或先撤销。", listed))
    for obstacle in _obstacles:
        found.extend(obstacle(branch, on))
    return found


def check_new_branch(branch: Branch, parent: Branch | None) -> None:
    """Raise ValidationError unless BRANCH may be founded as it is under PARENT."""
    rules.check_founding(branch.founded_on, timezone.localdate())
    rules.check_tie(kind=(branch.kind.name, branch.kind.settings), tie=branch.tie)
    _check_parent(branch, parent)


def _check_reach(by: User | None, branch: Branch, parent: Branch | None, area: Area) -> None:
    """Refuse unless BY keeps the branch, and both what it leaves and what it comes to."""
    if by is None:
        return
    mine = Branch.objects.editable_by(by)
    if not mine.filter(pk=branch.pk).exists():
        raise PermissionDenied("这个党组织不归您管理。")
    if branch.parent_id != (parent.pk if parent else None):
        if branch.parent_id and not mine.filter(pk=branch.parent_id).exists():
            raise ValidationError({"parent": "原来的上级组织不归您管理，请由上一级老干部局办理。"})
        if parent and not mine.filter(pk=parent.pk).exists():
            raise ValidationError({"parent": "这个上级组织不归您管理，请另选。"})
    if branch.area_id != area.pk and not Area.objects.choosable_by(by).filter(pk=area.pk).exists():
        raise ValidationError({"area": "这个区划不归您管理，请另选。"})


def _check_outcome(branch: Branch, parent: Branch | None, columns: Iterable[str]) -> None:
    """Judge BRANCH as it is to be, of which COLUMNS were wanted; a tie only where it was asked for."""
    if {"kind", "tie"}.intersection(columns):
        rules.check_tie(kind=(branch.kind.name, branch.kind.settings), tie=branch.tie)
    _check_parent(branch, parent)
    _check_children(branch)


def _words(branch: Branch) -> dict[str, str]:
    """Return what is registered of BRANCH in the columns that are reorganised, as people read it."""
    plain = {"name": branch.name, "short_name": branch.short_name, "kind": branch.kind.name}
    places = {"parent": str(branch.parent or ""), "area": str(branch.area)}
    return plain | {"tie": branch.get_tie_display()} | places


def _differences(branch: Branch, before: dict[str, str], changed: set[str]) -> list[list[str]]:
    after = _words(branch)
    return [
        [str(Branch._meta.get_field(name).verbose_name), before[name], after[name]]
        for name in REORGANISED
        if name in changed
    ]


def _set(branch: Branch, fields: dict[str, Any]) -> None:
    if written_elsewhere := {"path", "area_path", "dissolved_on", "parent", "area"} & set(fields):
        raise TypeError(f"{sorted(written_elsewhere)} are written by other actions")
    for name, value in _kept(fields).items():
        setattr(branch, name, _kind(value) if name == "kind" else value)


def _kind(kind: Kind | str) -> Kind:
    if isinstance(kind, Kind):
        return kind
    try:
        return Kind.objects.get(key=kind)
    except Kind.DoesNotExist:
        raise ValidationError({"kind": "没有这种组织类别，请从列表里选。"}) from None


def _check_parent(branch: Branch, parent: Branch | None) -> None:
    rules.check_parent(
        kind=(branch.kind.name, branch.kind.settings),
        parent=(parent.kind.name, parent.kind.settings) if parent else None,
        parent_dissolved=bool(parent and parent.dissolved_on),
    )


def _check_children(branch: Branch) -> None:
    for child in Branch.objects.filter(parent=branch.pk).select_related("kind"):
        if not rules.may_hang_under(child.kind.settings, branch.kind.settings):
            raise ValidationError(
                {"kind": f"下面还有{child.kind.name}“{child}”，不能改成{branch.kind.name}。"}
            )
