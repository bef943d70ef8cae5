"""Choices of core."""

from django.db import models


class Engine(models.TextChoices):
    """The engines whose kinds are rows of data (house §8)."""

    BRANCH = "branch", "党组织类别"
    AFFILIATION = "affiliation", "活动关系类别"
    ACTIVITY = "activity", "活动类别"


class CodeTable(models.TextChoices):
    """The code tables (domain §3.2)."""

    GENDER = "gender", "性别"
    ETHNICITY = "ethnicity", "民族"
    ID_TYPE = "id_type", "证件类型"
    EDUCATION = "education", "学历"
    DEGREE = "degree", "学位"
    AREA_LEVEL = "area_level", "区划层级"
    TOWN_CLASS = "town_class", "城乡分类"
    RANK = "rank", "职级/享受待遇"
    PERSON_KIND = "person_kind", "人员类别"
    MEMBER_KIND = "member_kind", "党员类别"
    RETIRE_KIND = "retire_kind", "离退休类别"
    REVOLUTION_PERIOD = "revolution_period", "参加革命时期"
    HEALTH = "health", "健康状况"
    SELF_CARE = "self_care", "自理能力"
    EMPTY_NEST = "empty_nest", "空巢情况"
    HARDSHIP = "hardship", "困难情况"
    SKILLS = "skills", "特长"
    LOST_CONTACT = "lost_contact", "失联情形"
    ABSENCE_REASON = "absence_reason", "请假原因"
    TERRITORY = "territory", "行政区划（证件号码前六位）"


# Tables that the rules know code by code: one more or fewer would be a code that no rule understands.
FIXED_TABLES = frozenset(
    {
        *(CodeTable.GENDER, CodeTable.PERSON_KIND, CodeTable.MEMBER_KIND, CodeTable.AREA_LEVEL),
        CodeTable.ID_TYPE,
    }
)
# Of these the bureau sets the names, too (domain §0 N6).
RENAMED_TABLES = frozenset({CodeTable.AREA_LEVEL})


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
