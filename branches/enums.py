"""Choices of branches."""

from django.db import models


class AreaLevel(models.IntegerChoices):
    """The five levels of the territory (SYS-02)."""

    DISTRICT = 1, "区县"
    STREET = 2, "街道"
    COMMUNITY = 3, "社区"
    GROUP = 4, "小组"
    GRID = 5, "网格"


class RegionLevel(models.IntegerChoices):
    """Levels above the district: flat, reached by code prefix (house §4)."""

    PROVINCE = 1, "省"
    CITY = 2, "市"


class Role(models.TextChoices):
    """Roles of the portal; a role's verbs are the group of the same name (house §3)."""

    BUREAU = "BUREAU", "局工作人员"
    STREET = "STREET", "街道工作人员"
    SECRETARY = "SECRETARY", "支部书记"
    COMMITTEE = "COMMITTEE", "支部委员/组长"
    STATION_HEAD = "STATION_HEAD", "站长"
    MEMBER = "MEMBER", "党员"
    AUDITOR = "AUDITOR", "审计员"
    SYSADMIN = "SYSADMIN", "系统管理员"


AREA_ROLES = frozenset({Role.BUREAU, Role.STREET})
BRANCH_ROLES = frozenset({Role.SECRETARY, Role.COMMITTEE, Role.STATION_HEAD})
# What a branch elects to: a station is led, not voted for.
PARTY_POSTS = frozenset({Role.SECRETARY, Role.COMMITTEE})
# Whose post reaches rows: to read and to change them alike.
REACHING_ROLES = frozenset({Role.BUREAU, Role.STREET, Role.SECRETARY, Role.COMMITTEE})


class BranchKind(models.TextChoices):
    """Keys of the branch kinds the rules know; labels and ranks are rows of data (Kind)."""

    WORKING_COMMITTEE = "branch.working_committee", "工委"
    PARTY_COMMITTEE = "branch.party_committee", "党委"
    GENERAL_BRANCH = "branch.general_branch", "党总支"
    BRANCH = "branch.branch", "党支部"
    JOINT_BRANCH = "branch.joint_branch", "联合党支部"
    TEMP_BRANCH = "branch.temp_branch", "临时党支部"
    FLOATING_BRANCH = "branch.floating_branch", "流动党员党支部"
    PARTY_GROUP = "branch.party_group", "党小组"
    FUNCTIONAL_GROUP = "branch.functional_group", "功能党小组"


class BranchSetting(models.TextChoices):
    """Where a branch is set up (SYS-06, SYS-07)."""

    UNIT = "UNIT", "单位"
    DOORSTEP = "DOORSTEP", "家门口"
    ASSOCIATION = "ASSOCIATION", "社团"
    VENUE = "VENUE", "阵地"
    CARE_HOME = "CARE_HOME", "养老机构"


class Tie(models.TextChoices):
    """The three ties of temporary organisations (SYS-09)."""

    PLACE = "PLACE", "地缘"
    INTEREST = "INTEREST", "趣缘"
    TRADE = "TRADE", "业缘"

    @classmethod
    def choices_in_words(cls) -> list[tuple[str, str]]:
        """Return the choices, each with its meaning: 地缘（住得近）."""
        return [(tie.value, f"{tie.label}（{words}）") for tie, words in cls._meant().items()]

    @classmethod
    def in_words(cls) -> str:
        """Return the three to write one of, each with its meaning: “地缘”（住得近）."""
        *first, last = (f"“{tie.label}”（{words}）" for tie, words in cls._meant().items())
        return f"{'、'.join(first)}或{last}"

    @classmethod
    def _meant(cls) -> dict["Tie", str]:
        return {cls.PLACE: "住得近", cls.INTEREST: "爱好相同", cls.TRADE: "原来同行"}


class UnitColumn(models.TextChoices):
    """The columns in which organisations are counted as units (SYS-02)."""

    DISTRICT = "district", "区直支部"
    LOCAL = "local", "街道社区支部和党小组"
    TEMPORARY = "temporary", "三缘型临时党组织"
