"""The Party organisation: committees, branches, groups."""

from typing import ClassVar

from django.db import models
from mptt.models import TreeForeignKey

from branches.enums import BranchKind, BranchSetting, Tie
from branches.models.tree import TreeNode, without_bounds_index
from branches.querysets import BranchManager
from core.constraints import CheckConstraint
from core.enums import Engine
from core.fields import ByteOrderedCharField
from core.models import Kind


@without_bounds_index
class Branch(TreeNode):
    """A Party organisation of any kind, hanging on an area (SYS-02). Dissolved, never deleted.

    ``parent`` and ``area`` are the truth; tree bounds, ``path`` (own tree, four characters a
    level) and ``area_path`` (a copy of the area's) are derived and proved by ``check_trees``.
    """

    # What rosters call it, for readers of the trail; kept in a table of its own.
    trail_words: ClassVar[dict[str, str]] = {"alias": "名册里的写法"}

    code = models.CharField(
        "组织代码",
        max_length=30,
        unique=True,
        error_messages={"unique": "已有这个组织代码，请换一个。"},
    )
    name = models.CharField("组织名称", max_length=100, db_index=True)
    short_name = models.CharField("简称", max_length=30, blank=True)
    kind = models.ForeignKey(
        Kind,
        verbose_name="组织类别",
        to_field="key",
        on_delete=models.PROTECT,
        limit_choices_to={"engine": Engine.BRANCH},
        related_name="+",
        default=BranchKind.BRANCH,
    )
    setting = models.CharField(
        "设置形式", max_length=12, choices=BranchSetting, default=BranchSetting.UNIT
    )
    tie = models.CharField("三缘", max_length=10, choices=Tie, blank=True)
    parent = TreeForeignKey(
        "self",
        verbose_name="上级组织",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    area = models.ForeignKey(
        "branches.Area", verbose_name="所在区划", on_delete=models.PROTECT, related_name="branches"
    )
    unit = models.CharField("所在单位", max_length=100, blank=True)
    meeting_place = models.CharField("活动地点", max_length=100, blank=True)
    theme_day = models.PositiveSmallIntegerField(
        "主题党日固定日", null=True, blank=True, help_text="每月几号，1 到 28。"
    )
    founded_on = models.DateField("成立日期", null=True, blank=True)
    approval_doc = models.CharField("批准文件", max_length=100, blank=True)
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    dissolution_doc = models.CharField("撤销文件", max_length=100, blank=True)
    path = ByteOrderedCharField("组织路径", max_length=60, unique=True, editable=False)
    area_path = ByteOrderedCharField("区划路径", max_length=40, db_index=True, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = BranchManager()

    class MPTTMeta:
        level_attr = "depth"

    class Meta:
        verbose_name = verbose_name_plural = "党组织"
        ordering = ["path"]
        indexes = ()  # see Area
        permissions = [("import_branch", "导入党组织"), ("export_branch", "导出党组织")]
        constraints = [
            CheckConstraint(
                condition=models.Q(theme_day__isnull=True)
                | models.Q(theme_day__gte=1, theme_day__lte=28),
                name="branch_theme_day_range",
                violation_error_message="主题党日固定日请填 1 到 28。",
            ),
            CheckConstraint(
                condition=models.Q(dissolved_on__isnull=True)
                | models.Q(founded_on__isnull=True)
                | models.Q(dissolved_on__gte=models.F("founded_on")),
                name="branch_dissolved_after_founded",
                violation_error_message="撤销日期不能早于成立日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Short name where there is one."""
        return self.short_name or self.name

    @property
    def choice_label(self) -> str:
        """Name and code, for choosing among branches of one name."""
        return f"{self.name}（{self.code}）"
