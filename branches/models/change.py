"""What a Party organisation was before it was reorganised."""

from django.db import models


class BranchChange(models.Model):
    """One reorganisation of a branch, with its date and document (SYS-02).

    ``changes`` lists what became of each column in words: [label, before, after].
    """

    branch = models.ForeignKey(
        "branches.Branch",
        verbose_name="党组织",
        on_delete=models.PROTECT,
        related_name="reorganisations",
    )
    on = models.DateField("日期")
    document = models.CharField("文件", max_length=100)
    changes = models.JSONField("内容", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "组织沿革"
        default_permissions = ()
        ordering = ["branch", "on", "pk"]

    def __str__(self) -> str:
        return "；".join(
            f"{label}：{old or '无'} → {new or '无'}" for label, old, new in self.changes
        )
