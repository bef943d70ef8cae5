"""Acts by which people say what a roster's headings and branch names mean."""

import json
from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from branches.models import Branch
from branches.paths import line_of
from core import audit
from core.models import User
from members.actions import grip
from members.actions.roster import check_roster, gripped
from members.enums import RosterState
from members.models import BranchAlias, RosterBatch, RosterHeading
from members.roster import learnt, octobers
from members.roster.carried import keep_decisions
from members.roster.columns import BY_FIELD, NOT_IMPORTED, Layout, heading_key
from members.roster.headings import HeadingRefused, find, is_somebody, may_be_learnt, with_fields
from members.roster.lookups import comparable
from members.roster.reporting import keep_layout, layout_of
from members.roster.runs import first_rows, refuse
from members.roster.turns import may_import
from members.rules.affiliation import check_place


def read_heading(
    *, by: User, batch: RosterBatch, sheet: str = "", at: tuple[int, int] | None = None
) -> RosterBatch:
    """Read the heading of BATCH for the page that asks about its columns; a bad file is refused.

    SHEET: another sheet of the workbook. AT: the heading's first and last row, chosen by hand.
    ValidationError: that row is a person's.
    """
    district = learnt.district_of(learnt.area_code_of(by, batch.branch))
    batch.sheet = sheet or batch.sheet
    # Outside the transaction: on SQLite nobody could write while the file is parsed.
    found, refusals = first_rows(batch)
    if found is not None and at is not None and is_somebody(found.rows, *at):
        raise ValidationError("这一行像是一位同志，不是表头。")
    with transaction.atomic():
        locked = gripped(by, batch, RosterState.UPLOADED)
        if found is None:
            refuse(locked, refusals)
            return locked
        layout = find(found.rows, learnt=learnt.headings_of(district), at=at)
        locked.layout, locked.sheet = keep_layout(layout), found.sheet
        locked.workbook, locked.head = {"sheets": found.sheets}, found.kept()
        locked.save(update_fields=["layout", "sheet", "workbook", "head"])
    return locked


@transaction.atomic
def choose_columns(*, by: User, batch: RosterBatch, fields: Sequence[str]) -> RosterBatch:
    """Let the columns of BATCH fill FIELDS, one a column, "" for one that is not imported.

    It holds for BATCH; what may be remembered for the bureau's next rosters is.
    ValidationError: a field twice, or a column missing that must be there.
    """
    batch = gripped(by, batch, RosterState.UPLOADED)
    proposed = layout_of(batch)
    try:
        layout = with_fields(proposed, fields, needs_branch=batch.branch_id is None)
    except HeadingRefused as refused:
        raise ValidationError([fault.message for fault in refused.faults]) from refused
    _learn_headings(by, batch, proposed, layout)
    batch.layout = keep_layout(layout)
    batch.save(update_fields=["layout"])
    return batch


def _learn_headings(by: User, batch: RosterBatch, proposed: Layout, chosen: Layout) -> None:
    """Remember what was CHOSEN otherwise than PROPOSED, if BY speaks for the whole district.

    From anybody else, or of a heading with a plain meaning, it holds for BATCH only: the next
    importer's telephones would land where nothing is sealed.
    """
    district = learnt.district_of(learnt.area_code_of(by, batch.branch))
    # A layout without a last row has columns without names.
    held = learnt.district_held(by, district) if chosen.last_row else ""
    if not held:
        return
    taught = {
        heading: field
        for heading, before, field in zip(
            chosen.headings, proposed.fields, chosen.fields, strict=True
        )
        if heading and before != field and may_be_learnt(heading)
    }
    for heading, field in taught.items():
        RosterHeading.objects.update_or_create(
            district=district, heading=heading_key(heading), defaults={"field": field, "by": by}
        )
    if taught:
        audit.record(
            by=by,
            act="认出名册的表头",
            instance=batch,
            after={"headings": _told(taught)},
            area_path=held,
        )


def _told(taught: Mapping[str, str]) -> str:
    """Return which headings were said to be which columns, for the trail."""
    return "；".join(
        f"{heading} → {BY_FIELD[field].heading if field else NOT_IMPORTED}"
        for heading, field in taught.items()
    )


@transaction.atomic
def name_branches(*, by: User, batch: RosterBatch, answers: Mapping[str, Branch]) -> RosterBatch:
    """Say which branches the unknown names of BATCH mean, and check it again with them.

    An office's answers are remembered for its territory, anybody else's hold for BATCH only. What
    was decided about single rows stays where it still applies.
    ANSWERS: the branch by the name as the roster has it. PermissionDenied: a branch not BY's.
    ValidationError: a name that means a branch out of BY's reach, others would read it wrongly; or
    a branch out of the owner's reach, by whose the roster is judged.
    """
    batch = gripped(by, batch, RosterState.READY)
    if not answers:
        raise ValidationError("请至少指出一个名称是哪个党支部。")
    _refuse_out_of_owners_reach(by, batch, answers)
    named = learnt.named_in(batch)
    borne = learnt.names_around(answers.values())
    for name, branch in answers.items():
        grip.require_editable(by, branch)
        check_place(branch.kind.settings, dissolved=branch.dissolved_on is not None, is_home=True)
        _refuse_otherwise_meant(by, name, branch)
        named[comparable(name)] = branch.pk
        territory = learnt.territory_taught(by, name, branch, borne)
        if territory:
            _learn_alias(by, territory, name, branch)
        audit.record(
            by=by,
            act="认出名册里的党支部",
            instance=branch,
            after={"alias": name},
            note="以后的名册也这样认。" if territory else "只用于这一份名册。",
        )
    batch.named = json.dumps(named, ensure_ascii=False)
    return _checked_anew(by, batch, "named")


@transaction.atomic
def read_as_october(*, by: User, batch: RosterBatch, typed: str, ring: bool = True) -> RosterBatch:
    """Read 1998.1 as October in the rows TYPED, 全部 for all and nothing for none, and check again.

    What was decided about single rows stays where it still applies. ValidationError: no row numbers,
    or a row that has no such month.
    """
    batch = gripped(by, batch, RosterState.READY)
    wanted = octobers.read(typed)
    octobers.require_asked(batch, wanted)
    said = octobers.in_words(wanted)
    audit.record(by=by, act="按10月读名册的年月", instance=batch, after={"rows": said})
    batch.octobers = wanted
    return _checked_anew(by, batch, "octobers", ring=ring)


def _checked_anew(by: User, batch: RosterBatch, said: str, *, ring: bool = True) -> RosterBatch:
    """Check BATCH again with what was SAID, a column of its; decisions about rows are kept meanwhile."""
    batch.state, batch.decided = RosterState.CHECKING, keep_decisions(batch)
    batch.answers = {}  # ticked for other rows than will be found now
    batch.save(update_fields=[said, "state", "decided", "answers"])
    return check_roster(by=by, batch=batch, ring=ring)


def _refuse_out_of_owners_reach(
    by: User, batch: RosterBatch, answers: Mapping[str, Branch]
) -> None:
    """Refuse branches that the owner of BATCH does not look after: its rows would stay unknown."""
    owner = batch.by
    if owner == by or not may_import(owner, batch):
        return
    named = {branch.pk for branch in answers.values()}
    held = set(Branch.objects.editable_by(owner).filter(pk__in=named).values_list("pk", flat=True))
    for name, branch in answers.items():
        if branch.pk not in held:
            raise ValidationError(
                f"“{name}”不能认作“{branch}”：上传这份名册的{owner}不管这个党支部。"
                "这几行请您用自己的账号另外上传。"
            )


def _refuse_otherwise_meant(by: User, name: str, branch: Branch) -> None:
    """Refuse a NAME that a wider territory around BRANCH has for a branch out of BY's reach."""
    around = BranchAlias.objects.filter(
        key=comparable(name), area_path__in=line_of(branch.area_path)
    )
    if around.exclude(pk__in=BranchAlias.objects.editable_by(by).values("pk")).exists():
        raise ValidationError(
            f"“{name}”这个写法，在本区县已经另有所指，不能改认。"
            "请在表格里把这些行的支部改成组织代码或完整名称，再上传；"
            "要改认的，请上级老干部局到“党支部别名”里先删去。"
        )


def _learn_alias(by: User, territory: str, name: str, branch: Branch) -> None:
    BranchAlias.objects.update_or_create(
        district=learnt.district_of(branch.area.code),
        key=comparable(name),
        area_path=territory,
        defaults={"name": name, "branch": branch, "by": by},
    )


@transaction.atomic
def forget_alias(*, by: User, alias: BranchAlias) -> None:
    """Remove ALIAS: rosters that use the name are asked about it again.

    PermissionDenied: it holds in more than BY looks after.
    """
    grip.require_editable(by, alias.branch)
    if not learnt.may_forget(by, alias):
        raise PermissionDenied("这个写法是上级认的。要改，请联系上级老干部局。")
    audit.record(
        by=by, act="删去名册里的支部写法", instance=alias.branch, before={"alias": alias.name}
    )
    alias.delete()
