"""The member register: one row a person, the data dictionary of domain §3.1."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.enums import AreaLevel
from core.fields import BlindIndexField, ByteOrderedCharField, SealedTextField
from members.enums import Gender, MemberKind, PartyStatus, PersonKind
from members.querysets import MemberManager
from members.rules.search import member_number

# What the list's filters and its count ask: with these in an index the register is not read.
LISTED = (
    *("area_path", "id", "deceased_on", "branch"),
    *("member_kind", "person_kind", "missing_fields"),
)
RARE = {
    "incomplete": Q(missing_fields__gt=""),
    "probationary": Q(member_kind=MemberKind.PROBATIONARY),
    # One for each: SQLite takes such an index only where the query says its very condition.
    "veteran": Q(person_kind=PersonKind.VETERAN),
    "resigned": Q(person_kind=PersonKind.RESIGNED),
    "other": Q(person_kind=PersonKind.OTHER),
    "deceased": Q(deceased_on__isnull=False),
    "left": Q(branch__isnull=True),
}


class Member(models.Model):
    """A Party member of the retired-cadre register.

    ``branch`` and ``area_path`` are copies of the current home affiliation and of its branch's
    area, kept by the actions that write affiliations. Code columns hold the codes of domain §3.2.
    ``month_only`` lists the date fields whose day is unknown (stored as the first).
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="member",
    )
    name = ByteOrderedCharField("姓名", max_length=20)
    name_pinyin = ByteOrderedCharField("拼音", max_length=120, blank=True, editable=False)
    name_initials = ByteOrderedCharField("拼音首字母", max_length=20, blank=True, editable=False)
    given_name = ByteOrderedCharField("名字", max_length=20, blank=True, editable=False)
    gender = models.CharField("性别", max_length=1, choices=Gender, blank=True)
    ethnicity = models.CharField("民族", max_length=2, blank=True)
    id_number = SealedTextField("公民身份号码", blank=True)
    id_number_index = BlindIndexField(
        source="id_number", normalise="core.text.id_number", unique=True
    )
    # Of nearly everybody empty: the identity card. Others have no birth date in their number.
    id_type = models.CharField("证件类型", max_length=1, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    birth_date_archive = models.DateField("档案出生日期", null=True, blank=True)
    birth_date_reason = models.CharField("出生日期不一致的说明", max_length=100, blank=True)
    education = models.CharField("学历", max_length=2, blank=True)
    degree = models.CharField("学位", max_length=20, blank=True)
    major = models.CharField("专业", max_length=50, blank=True)
    native_place = models.CharField("籍贯", max_length=50, blank=True)
    household_place = SealedTextField("户籍地", blank=True)

    join_date = models.DateField("入党日期", null=True, blank=True)
    full_date = models.DateField("转正日期", null=True, blank=True)
    member_kind = models.CharField("党员类别", max_length=12, choices=MemberKind, blank=True)
    party_status = models.CharField(
        "党籍状态", max_length=10, choices=PartyStatus, default=PartyStatus.NORMAL
    )
    lost_contact_on = models.DateField("失去联系日期", null=True, blank=True)
    lost_contact_code = models.CharField("失联情形", max_length=2, blank=True)
    floating = models.BooleanField("流动党员", default=False)
    floating_note = models.CharField("外出流向", max_length=100, blank=True)
    branch = models.ForeignKey(
        "branches.Branch",
        verbose_name="所在党支部",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="members",
    )
    group = models.ForeignKey(
        "branches.Branch",
        verbose_name="党小组",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="group_members",
        db_index=False,
    )
    area_path = ByteOrderedCharField("区划路径", max_length=40, blank=True, editable=False)

    person_kind = models.CharField("人员类别", max_length=1, choices=PersonKind, blank=True)
    work_start = models.DateField("参加工作时间", null=True, blank=True)
    revolution_period = models.CharField("参加革命时期", max_length=1, blank=True)
    retire_date = models.DateField("离退休时间", null=True, blank=True)
    former_unit = models.CharField("原工作单位", max_length=100, blank=True)
    former_post = models.CharField("原职务", max_length=50, blank=True)
    rank = models.CharField("职级/享受待遇", max_length=2, blank=True)
    dues_base = SealedTextField("党费计算基数", blank=True)
    month_only = models.CharField("只知年月的日期", max_length=100, blank=True, editable=False)

    phone = SealedTextField("联系电话", blank=True)
    phone_index = BlindIndexField(source="phone", normalise="core.text.phone", db_index=True)
    phone2 = SealedTextField("固定电话", blank=True)
    address = SealedTextField("居住地址", blank=True)
    community = models.ForeignKey(
        "branches.Area",
        verbose_name="居住社区",
        limit_choices_to={"level": AreaLevel.COMMUNITY},
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="residents",
    )
    grid = models.ForeignKey(
        "branches.Area",
        verbose_name="网格",
        limit_choices_to={"level": AreaLevel.GRID},
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    building = SealedTextField("楼栋", blank=True)
    emergency_name = SealedTextField("紧急联系人", blank=True)
    emergency_phone = SealedTextField("紧急联系人电话", blank=True)
    emergency_relation = models.CharField("与紧急联系人关系", max_length=20, blank=True)

    skills = models.CharField("特长", max_length=50, blank=True)
    health = models.CharField("健康状况", max_length=1, blank=True)
    self_care = models.CharField("自理能力", max_length=1, blank=True)
    empty_nest = models.CharField("空巢情况", max_length=1, blank=True)
    hardship = models.CharField("困难情况", max_length=20, blank=True)
    needs_home_study = models.BooleanField("行动不便，送学上门", default=False)
    medal50 = models.BooleanField("光荣在党50年", default=False)
    medal50_year = models.PositiveSmallIntegerField("纪念章年份", null=True, blank=True)
    health_agreed_on = models.DateField("同意登记健康信息", null=True, blank=True)
    talent_agreed_on = models.DateField("同意进入人才库", null=True, blank=True)
    display_agreed_on = models.DateField("同意亮身份", null=True, blank=True)
    contact_agreed_on = models.DateField("紧急联系人同意", null=True, blank=True)
    photo_agreed_on = models.DateField("同意公开照片和事迹", null=True, blank=True)
    sms_agreed_on = models.DateField("同意接收短信提醒", null=True, blank=True)
    health_withdrawn_on = models.DateField(
        "撤回登记健康信息", null=True, blank=True, editable=False
    )
    talent_withdrawn_on = models.DateField("撤回进入人才库", null=True, blank=True, editable=False)
    display_withdrawn_on = models.DateField("撤回亮身份", null=True, blank=True, editable=False)
    contact_withdrawn_on = models.DateField(
        "撤回登记紧急联系人", null=True, blank=True, editable=False
    )
    photo_withdrawn_on = models.DateField(
        "撤回公开照片和事迹", null=True, blank=True, editable=False
    )
    sms_withdrawn_on = models.DateField("撤回接收短信提醒", null=True, blank=True, editable=False)
    remark = models.TextField("备注", blank=True)

    deceased_on = models.DateField("已故日期", null=True, blank=True)
    # Which ties (ids) and whether the account ended with 已故: what taking it back opens again.
    closed_by_death = models.JSONField(null=True, blank=True, editable=False)
    missing_fields = models.CharField("待补资料", max_length=255, blank=True, editable=False)
    # Says that a roster's row was taken as it stands now (members.roster.familiar).
    roster_mark = models.CharField(max_length=22, blank=True, editable=False)
    # The batch that made the row; no constraint or index: half a million checks cost seconds.
    roster_batch = models.ForeignKey(
        "members.RosterBatch",
        verbose_name="导入批次",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = MemberManager()

    # Of these the audit trail says only that they changed: it cannot be erased.
    private_fields = frozenset(
        {
            *("health_agreed_on", "health", "self_care", "empty_nest", "hardship"),
            *("needs_home_study", "remark", "birth_date_reason", "floating_note"),
            *("lost_contact_code", "skills", "talent_agreed_on", "display_agreed_on"),
            *("health_withdrawn_on", "talent_withdrawn_on", "display_withdrawn_on"),
            *("contact_agreed_on", "photo_agreed_on", "sms_agreed_on", "emergency_relation"),
            *("contact_withdrawn_on", "photo_withdrawn_on", "sms_withdrawn_on"),
        }
    )

    class Meta:
        verbose_name = verbose_name_plural = "党员"
        ordering = ["area_path", "pk"]
        indexes = [
            # The list's own index: territory, order and the drop-down filters, so that counting
            # and filtering read the index alone (speed §3).
            models.Index(
                fields=LISTED,
                name="member_list",
            ),
            # Rare values, so that PostgreSQL need not read the register to count a few.
            *(
                models.Index(fields=LISTED, condition=condition, name=f"member_{name}")
                for name, condition in RARE.items()
            ),
            models.Index(fields=["name"], name="member_name"),
            models.Index(fields=["given_name"], name="member_given_name"),
            models.Index(fields=["name_pinyin"], name="member_pinyin"),
            models.Index(fields=["name_initials"], name="member_initials"),
            # Few have an account: SQLite, told that nearly all users are NULL, would walk the register.
            models.Index(
                fields=["user"], condition=models.Q(user__isnull=False), name="member_account"
            ),
            # Few are in a Party group, and the list of organisations counts each group's: without it
            # the register is read for every line (a dozen groups of 205,000 members: 2.4 s, now 0.03).
            models.Index(
                fields=["group"], condition=models.Q(group__isnull=False), name="member_group"
            ),
        ]
        permissions = [
            ("import_member", "导入党员名册"),
            ("export_member", "导出党员名册"),
            ("reveal_member", "查看完整的证件号码和电话"),
            ("transfer_member", "转接组织关系、登记已故"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """Member number: eight digits, also a sign-in name."""
        return member_number(self.pk)
