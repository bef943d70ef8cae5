"""Choices of members (domain §3.2)."""

from django.db import models


class Gender(models.TextChoices):
    """GB/T 2261.1."""

    MALE = "1", "男"
    FEMALE = "2", "女"


class MemberKind(models.TextChoices):
    """党员类别."""

    FULL = "FULL", "正式党员"
    PROBATIONARY = "PROBATIONARY", "预备党员"


class PartyStatus(models.TextChoices):
    """党籍状态."""

    NORMAL = "NORMAL", "正常"
    SUSPENDED = "SUSPENDED", "停止党籍"


class PersonKind(models.TextChoices):
    """人员类别."""

    VETERAN = "A", "离休干部"
    RETIRED = "B", "退休干部"
    ENTERPRISE = "C", "企业退休（社会化）"
    RESIGNED = "D", "退职"
    OTHER = "E", "其他"


class AffiliationKind(models.TextChoices):
    """隶属 is one; the others are managing links (SYS-04, SYS-05)."""

    HOME = "HOME", "隶属"
    COMMUNITY = "COMMUNITY", "社区"
    ASSOCIATION = "ASSOCIATION", "社团"
    FUNCTIONAL = "FUNCTIONAL", "功能组"
    ALLIANCE = "ALLIANCE", "联盟"
    TEMPORARY = "TEMPORARY", "临时"


LINK_KINDS = frozenset(AffiliationKind) - {AffiliationKind.HOME}


class Severity(models.TextChoices):
    """How much a finding weighs (domain §3.3)."""

    ERROR = "E", "错误"
    WARNING = "W", "请核对"
    INFO = "I", "提示"
