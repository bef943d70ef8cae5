"""A roster on its way into the register: the file's batch, its judged rows, the chunks written."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.constraints import UniqueConstraint
from core.fields import BlindIndexField, ByteOrderedCharField, SealedTextField
from members.enums import ChunkKind, OnDuplicate, RosterRowState, RosterState, RowDecision
from members.models.member import Member
from members.querysets import RosterBatchQuerySet

# What a roster may write on a member, in the order of the register; the rest is derived below.
IMPORTED_FIELDS = [
    "name",
    "gender",
    "ethnicity",
    "id_number",
    "id_type",
    "birth_date",
    "birth_date_archive",
    "birth_date_reason",
    "education",
    "degree",
    "major",
    "native_place",
    "household_place",
    "join_date",
    "full_date",
    "member_kind",
    "party_status",
    "lost_contact_on",
    "lost_contact_code",
    "floating",
    "floating_note",
    "branch",
    "group",
    "person_kind",
    "work_start",
    "revolution_period",
    "retire_date",
    "former_unit",
    "former_post",
    "rank",
    "dues_base",
    "phone",
    "phone2",
    "address",
    "community",
    "grid",
    "building",
    "emergency_name",
    "emergency_phone",
    "emergency_relation",
    "contact_agreed_on",
    "skills",
    "health_agreed_on",
    "health",
    "self_care",
    "empty_nest",
    "hardship",
    "needs_home_study",
    "talent_agreed_on",
    "display_agreed_on",
    "photo_agreed_on",
    "sms_agreed_on",
    "medal50",
    "medal50_year",
    "remark",
]
DERIVED_FIELDS = [
    "name_pinyin",
    "name_initials",
    "given_name",
    "id_number_index",
    "phone_index",
    "area_path",
    "month_only",
    "missing_fields",
    "roster_mark",
]
STAGED_FIELDS = (*IMPORTED_FIELDS, *DERIVED_FIELDS)


class RosterBatch(models.Model):
    """One uploaded roster (house §5): from the file to the last row written.

    ``layout`` holds the heading as read (``members.roster.columns.Layout``), ``workbook`` its sheets
    and what was hidden (``members.roster.workbook``), ``counts`` the rows by state and, as
    ``state:decision``, those decided one by one; ``totals`` what to compare with the paper form;
    ``undo_refusals`` what was built on it: lists of [what, number, ids of members]. ``head`` is
    sealed JSON: the first rows as [number, cells], for the page that matches columns;
    ``strangers``, sealed too: the branch names that were not found (``members.roster.strangers``);
    ``named``: which branches they were said to be in this roster, ids by compared form.
    ``octobers``: of which rows 1998.1 is October (``members.roster.octobers``).
    ``decided`` keeps, sealed as well, the decisions of single rows while they are checked again
    (``members.roster.carried``). ``answers`` says what was confirmed of the warnings: the reason
    typed, or none, by code; until then what was ticked and typed so far, by field of the form.
    ``area_path`` is the smallest territory that holds everything told of the rows, so that the
    bureau there sees the batch (``members.roster.territory``).
    """

    # What of its acts is no column of its own, as the trail's readers know it.
    trail_words: ClassVar[dict[str, str]] = {
        "headings": "认出的表头",
        "rows": "读作10月的行号",
        "created": "退出登记的党员人数",
        "changed": "改回原样的党员人数",
        "links": "退出的活动组织个数",
    }

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    file = models.ForeignKey(
        "core.StoredFile",
        verbose_name="名册文件",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    file_name = models.CharField("文件名", max_length=255)
    # Of the file, which is deleted in time: so that the same file is known again.
    content = models.CharField("文件内容的摘要", max_length=64, blank=True, db_index=True)
    key = models.CharField("防重标识", max_length=64, db_index=True)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    branch = models.ForeignKey(
        "branches.Branch",
        verbose_name="没有写支部的行归入",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    on_duplicate = models.CharField(
        "已登记的同志", max_length=10, choices=OnDuplicate, default=OnDuplicate.ASK
    )
    state = models.CharField(
        "状态", max_length=10, choices=RosterState, default=RosterState.UPLOADED
    )
    is_dry_run = models.BooleanField("只核对", default=False)
    layout = models.JSONField("表头", default=dict)
    workbook = models.JSONField("工作簿", default=dict)
    head = SealedTextField("前几行", blank=True)
    strangers = SealedTextField("没有找到的党支部", blank=True)
    named = SealedTextField("认出的党支部", blank=True)
    octobers = models.JSONField("读作10月的行", default=list)
    decided = SealedTextField("逐行的选择", blank=True)
    answers = models.JSONField("提醒的说明", default=dict)
    counts = models.JSONField("行数", default=dict)
    totals = models.JSONField("合计", default=dict)
    refusals = models.JSONField("退回原因", default=list)
    moved_on = models.DateField("转接日期", null=True, blank=True)
    moved_document = models.CharField("介绍信编号或文件", max_length=100, blank=True)
    undo_reason = models.CharField("撤回原因", max_length=100, blank=True)
    undo_refusals = models.JSONField("不能撤回的原因", default=list)
    area_path = ByteOrderedCharField("区划路径", max_length=40, blank=True, db_index=True)
    check_run = models.ForeignKey(
        "core.BackgroundRun",
        verbose_name="核对",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    write_run = models.ForeignKey(
        "core.BackgroundRun",
        verbose_name="写入",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    undo_run = models.ForeignKey(
        "core.BackgroundRun",
        verbose_name="撤回",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    finished_at = models.DateTimeField("完成时间", null=True)

    objects = RosterBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册导入"
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=RosterState.open_states()),
                name="roster_batch_open_once",
                violation_error_message="这份名册正在导入，不用再传一次。",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def has_differences(self) -> bool:
        """Whether anybody on the register already differs from the roster."""
        states = (RosterRowState.FILLS, RosterRowState.DIFFERS, RosterRowState.MIXED)
        return any(self.counts.get(state) for state in states)

    @property
    def state_words(self) -> str:
        """Its state as it is shown: a dry run that has ended was not given up by anybody."""
        was_checked = self.is_dry_run and self.state == RosterState.DISCARDED
        return "只核对" if was_checked else self.get_state_display()

    @property
    def is_open(self) -> bool:
        """Whether it may still be written."""
        return self.state in RosterState.open_states()


class RosterRow(models.Model):
    """One row of a roster as it was judged, kept between preview and writing.

    Beside what stands here it has a nullable copy of every field in STAGED_FIELDS, in the form the
    register stores (sealed where the register seals): all values of a new member, of a known one
    only the values that differ. ``mended`` is sealed JSON: a list of [field, before, after] of what
    reading changed. Filled and emptied in bulk by ``members.roster``, never edited.
    """

    pk = models.CompositePrimaryKey("batch_id", "row")
    # No constraint: the rows go with the batch in bulk, and half a million checks cost seconds.
    batch = models.ForeignKey(
        RosterBatch,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="rows",
    )
    row = models.PositiveIntegerField("行号")
    state = models.CharField(max_length=1, choices=RosterRowState)
    member_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(null=True)
    decision = models.CharField(max_length=6, choices=RowDecision, null=True)  # noqa: DJ001 -- as below
    # Of TAKE, SAME, NUMBER the fields taken, by commas; of LINK the kind.
    detail = models.TextField(null=True)  # noqa: DJ001 -- as below
    reason = models.CharField(max_length=100, null=True)  # noqa: DJ001 -- as below
    problems = models.TextField(null=True)  # noqa: DJ001 -- NULL in bulk copies means "none"
    cells = SealedTextField(null=True)
    mended = SealedTextField(null=True)
    # The managing links to begin, as JSON: a list of [branch, kind].
    links = models.TextField(null=True)  # noqa: DJ001 -- NULL in bulk copies means "none"

    class Meta:
        verbose_name = verbose_name_plural = "名册行"
        ordering = ["batch_id", "row"]
        default_permissions = ()
        indexes = [
            # The branch last: in which the new are is asked without reading their rows.
            models.Index(fields=["batch", "state", "row", "branch"], name="roster_row_state"),
            # Few rows are decided one by one: without it all are read to find that none was.
            models.Index(
                fields=["batch", "state", "decision"],
                condition=Q(decision__isnull=False),
                name="roster_row_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row}"


class RosterChunk(models.Model):
    """What one transaction of a batch wrote; ``changes`` lets the batch be undone.

    ``changes`` is sealed: of a WRITE chunk [member id, {column: value before}, version after], of
    an ACTS chunk what ``members.roster.deeds`` did. An UNDO chunk has the opposite figures. The
    members named there and those that the batch made may have begun managing links by it:
    affiliations that bear the batch. Who only got a link is listed with no column and version 0.
    """

    batch = models.ForeignKey(RosterBatch, on_delete=models.PROTECT, related_name="chunks")
    first_row = models.PositiveIntegerField("从第几行")
    last_row = models.PositiveIntegerField("到第几行")
    kind = models.CharField("做了什么", max_length=5, choices=ChunkKind, default=ChunkKind.WRITE)
    undoes = models.OneToOneField(
        "self",
        verbose_name="撤回哪一段",
        null=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
    )
    created = models.IntegerField("新增", default=0)
    changed = models.IntegerField("变更", default=0)
    links = models.IntegerField("活动组织", default=0)
    changes = SealedTextField(blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "名册写入段"
        ordering = ["batch", "first_row"]
        default_permissions = ()
        constraints = [
            UniqueConstraint(
                fields=["batch", "kind", "first_row"],
                condition=Q(undoes__isnull=True),
                name="roster_chunk_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.first_row}-{self.last_row}"

    @property
    def people(self) -> int:
        """How many members it registered or changed."""
        return self.created + self.changed


class RosterChange(models.Model):
    """That a roster changed a known member, and which columns: for him to read (domain §6.12).

    ``fields`` lists columns of IMPORTED_FIELDS by commas, never what stood in them.
    """

    # No constraints: the rows go in with a chunk's in bulk, and stay when the batch is taken back.
    batch = models.ForeignKey(
        RosterBatch,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    member_id = models.BigIntegerField(db_index=True)
    fields = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "名册改过的资料"
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.member_id}"


class RosterTried(models.Model):
    """By what the numbers of one checked file are alike: for some hours its importer's next are counted with it.

    ``numbers`` is sealed: ``members.roster.guesses.Alike`` as base64.
    """

    batch = models.OneToOneField(
        RosterBatch, on_delete=models.CASCADE, primary_key=True, related_name="tried"
    )
    numbers = SealedTextField()
    at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "名册号码的比对"
        ordering = ["-at"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.batch_id)


def _staged_copy(field: "models.Field[Any, Any]") -> "models.Field[Any, Any]":
    """Return a nullable field that holds FIELD's stored form, without its index or constraint."""
    if isinstance(field, models.ForeignKey):
        return models.BigIntegerField(null=True, db_column=field.column)
    if isinstance(field, SealedTextField | models.TextField):
        return models.TextField(null=True)
    if isinstance(field, BlindIndexField):
        return models.CharField(max_length=field.max_length, null=True)
    options: dict[str, Any] = {"null": True}
    if isinstance(field, models.CharField):
        options["max_length"] = field.max_length
    return type(field)(**options)


_fields = {field.name: field for field in Member._meta.concrete_fields}
for _name in STAGED_FIELDS:
    RosterRow.add_to_class(_name, _staged_copy(_fields[_name]))
