"""The territory: five levels as one tree per district, province and city flat above."""

from django.db import models
from mptt.models import TreeForeignKey

from branches.enums import AreaLevel, RegionLevel
from branches.models.tree import TreeNode, without_bounds_index
from branches.querysets import AreaManager
from core.constraints import CheckConstraint
from core.fields import ByteOrderedCharField, SealedTextField


class Region(models.Model):
    """A province or a city. Districts carry both as prefixes of their code."""

    code = ByteOrderedCharField("区划代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=50)
    level = models.PositiveSmallIntegerField("层级", choices=RegionLevel)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "省市"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@without_bounds_index
class Area(TreeNode):
    """A district, street, community, residents' group or grid (SYS-02).

    ``parent`` alone is the truth; ``lft``, ``rght``, ``tree_id``, ``depth`` and ``path`` are derived
    and proved by ``check_trees``. ``path`` has four characters (0-9A-Z) a level.
    """

    code = ByteOrderedCharField(
        "区划代码",
        max_length=24,
        unique=True,
        error_messages={"unique": "已有这个区划代码，请核对。"},
    )
    name = models.CharField("名称", max_length=50)
    level = models.PositiveSmallIntegerField("层级", choices=AreaLevel)
    parent = TreeForeignKey(
        "self",
        verbose_name="上级区划",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    path = ByteOrderedCharField("路径", max_length=40, unique=True, editable=False)
    # Of a grid only (SYS-02); given by the database where areas are written by the thousand.
    grid_worker = models.CharField("网格员", max_length=20, blank=True, default="", db_default="")
    grid_phone = SealedTextField("网格员办公电话", blank=True, default="", db_default="")
    buildings = models.TextField("楼栋", blank=True, default="", db_default="")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = AreaManager()

    class MPTTMeta:
        level_attr = "depth"

    class Meta:
        verbose_name = verbose_name_plural = "区划"
        ordering = ["path"]
        # Lists are narrowed by districts and streets: a few rows of a province's thousands.
        indexes = [models.Index(fields=["level", "path"], name="area_level")]
        constraints = [
            CheckConstraint(
                condition=models.Q(level=AreaLevel.GRID)
                | models.Q(grid_worker="", grid_phone="", buildings=""),
                name="area_worker_of_a_grid",
                violation_error_message="只有最低一级的区划才登记网格员和楼栋。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def choice_label(self) -> str:
        """Name and code, for choosing among areas of one name."""
        return f"{self.name}（{self.code}）"
