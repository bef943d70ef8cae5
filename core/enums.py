"""Choices of core."""

from django.db import models


class Engine(models.TextChoices):
    """The engines whose kinds are rows of data (house §8)."""

    BRANCH = "branch", "党组织类别"
    AFFILIATION = "affiliation", "活动关系类别"
    ACTIVITY = "activity", "活动类别"


class ValueType(models.TextChoices):
    """How a rule parameter's text is read."""

    INTEGER = "int", "整数"
    DECIMAL = "decimal", "小数"
    TEXT = "text", "文字"


class RunState(models.TextChoices):
    """States of a background run."""

    QUEUED = "QUEUED", "排队"
    RUNNING = "RUNNING", "进行中"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "未完成"
    CANCELLED = "CANCELLED", "已取消"


class Verb(models.TextChoices):
    """What a row is asked for; rows differ by verb (house §3)."""

    VIEW = "view", "查看"
    EDIT = "edit", "修改"
