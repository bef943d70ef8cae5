"""Choices of activities."""

from django.db import models


class ActivityState(models.TextChoices):
    """States of an activity."""

    PLANNED = "PLANNED", "已安排"
    RECORDED = "RECORDED", "已登记"
    ARCHIVED = "ARCHIVED", "已归档"
    CANCELLED = "CANCELLED", "已取消"


# What the list of activities calls a record of a month gone by.
READY = "ready"
HELD = frozenset({ActivityState.RECORDED, ActivityState.ARCHIVED})


# What a branch kind counts as (its ``counts_as``) where it holds theme days of its own: committees
# and groups do not, their members attend with their branch.
HOLDS_THEME_DAYS = frozenset({"branch", "enterprise", "temporary"})


class AttendanceState(models.TextChoices):
    """到会/线上/送学/请假/缺席 (SYS-18). 线上 and 送学 count as taking part."""

    PRESENT = "PRESENT", "到会"
    ONLINE = "ONLINE", "线上"
    HOME = "HOME", "送学"
    EXCUSED = "EXCUSED", "请假"
    ABSENT = "ABSENT", "缺席"


TOOK_PART_ORDER = (AttendanceState.PRESENT, AttendanceState.ONLINE, AttendanceState.HOME)
TOOK_PART = frozenset(TOOK_PART_ORDER)
# Of these a reason may be given.
AWAY = frozenset({AttendanceState.EXCUSED, AttendanceState.ABSENT})


class MonthStatus(models.TextChoices):
    """What a month of the year grid says of a branch's theme day (SYS-18)."""

    HELD = "HELD", "已开"
    DUE = "DUE", "还没登记"
    MISSED = "MISSED", "缺"
    AHEAD = "AHEAD", "还没到"
    OUTSIDE = "OUTSIDE", "不计"


class Cover(models.TextChoices):
    """Where somebody takes part besides his home: the columns of the coverage table (SYS-05)."""

    BOTH = "both", "社区和社团都有"
    COMMUNITY = "community", "只有社区"
    ASSOCIATION = "association", "只有社团"
    NEITHER = "neither", "两样都没有"


class ActivityKind(models.TextChoices):
    """Keys of the activity kinds that code names; all others are only rows of data (Kind)."""

    THEME_DAY = "activity.theme_day", "主题党日"
