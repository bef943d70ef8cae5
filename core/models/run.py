"""Background runs and the private files they read and write."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.enums import RunState
from core.fields import SealedTextField
from core.querysets import FileQuerySet, RunQuerySet

MINUTES_SHOWN = 90  # longer is told in hours
_TALLIES = {
    RunState.QUEUED: "排着队",
    RunState.DONE: "做完了",
    RunState.FAILED: "没有做完",
    RunState.CANCELLED: "已停下",
}


class StoredFile(models.Model):
    """A private file under MEDIA_ROOT by a name of our own; the user's name is only shown.

    ``size`` and ``sha256`` are of the plain bytes; ``key`` opens what lies on the disk (``core.files``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField("文件名", max_length=255)
    content_type = models.CharField("类型", max_length=100, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    key = SealedTextField("钥匙", blank=True, editable=False)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    expires_at = models.DateTimeField("保留到", null=True, blank=True, db_index=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Path below MEDIA_ROOT."""
        return f"files/{self.id.hex[:2]}/{self.id.hex}"

    @property
    def is_over(self) -> bool:
        """Whether its time is over, swept or not."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class BackgroundRun(models.Model):
    """Long work as a row: the row is the truth, a broker or a thread only rings the doorbell.

    ``kind`` names a registered runner; ``arguments`` holds ids only. The runner keeps
    ``checkpoint`` in the same transaction as each chunk it writes, so a killed run resumes.
    ``by`` is empty for the system's own nightly work.
    """

    kind = models.CharField("工作", max_length=50)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发起人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    key = models.CharField("防重标识", max_length=100, unique=True)
    arguments = models.JSONField("参数", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.QUEUED)
    done = models.PositiveBigIntegerField("已处理", default=0)
    total = models.PositiveBigIntegerField("总数", default=0)
    checkpoint = models.JSONField("断点", default=dict, blank=True)
    result = models.JSONField("结果", default=dict, blank=True)
    error = models.CharField("原因", max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    cancel_requested = models.BooleanField("请求取消", default=False)
    holder = models.CharField("执行者", max_length=80, blank=True)
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField("最近动静", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台工作"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="run_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_state_display()}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {RunState.DONE, RunState.FAILED, RunState.CANCELLED}

    @property
    def rows_done(self) -> str:
        """How many rows are done, in words; how many there are only while that is of use.

        The total is an estimate made before: it counts lines, of which some are headings or empty.
        """
        if not self.done:
            return ""
        is_under_way = self.total and self.state != RunState.DONE
        return f"已处理{self.done}行" + (f"，共{self.total}行" if is_under_way else "")

    @property
    def tally(self) -> str:
        """How far it is, in the fewest words: 排着队, 3200 / 6401, 做完了."""
        if self.state != RunState.RUNNING:
            return _TALLIES[RunState(self.state)]
        if self.total:
            return f"{self.done} / {self.total}"
        return f"已完成{self.done}行" if self.done else "已经开始"

    @property
    def shown_done(self) -> int:
        """How far its bar goes: what waits again for its last step has nothing full to show."""
        is_full = self.done >= self.total
        return 0 if self.state == RunState.QUEUED and is_full else self.done

    @property
    def seconds_left(self) -> int | None:
        """Seconds left at the speed so far; None while nothing can be said."""
        if not self.started_at or not self.done or not self.total or self.is_finished:
            return None
        spent = (timezone.now() - self.started_at).total_seconds()
        return round(spent * (self.total - self.done) / self.done)

    @property
    def outlook(self) -> str:
        """What is to come, in words: the place in the line (one query), or the time left."""
        if self.state != RunState.QUEUED:
            return self.time_left
        ahead = type(self).objects.unfinished().filter(pk__lt=self.pk).count()
        if not ahead:
            return "前面没有别的工作，马上就开始。"
        return f"前面还有{ahead}项工作，轮到了就自动开始。"

    @property
    def time_left(self) -> str:
        """How long it still takes, in words; empty while nothing can be said."""
        seconds = self.seconds_left
        if seconds is None:
            return ""
        minutes = -(-seconds // 60)
        if minutes > MINUTES_SHOWN:
            return f"大约还要{round(minutes / 60)}小时"
        return "不到1分钟就好" if minutes <= 1 else f"大约还要{minutes}分钟"
