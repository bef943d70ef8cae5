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


class ProposalState(models.TextChoices):
    """Where the proposal of a managing link stands (SYS-04); only the first can change."""

    WAITING = "WAITING", "待确认"
    CONFIRMED = "CONFIRMED", "已确认"
    DECLINED = "DECLINED", "已婉拒"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class RollSide(models.TextChoices):
    """The columns of the two-sided roll (双面名册)."""

    AT_HOME = "at_home", "隶属"
    UNPLACED = "unplaced", "没有活动组织"
    GUESTS = "guests", "来参加活动"


class TransferState(models.TextChoices):
    """Where a transfer stands; until it is received the issuing branch keeps the member.

    UNDONE: on the way or received, and taken back with its whole batch.
    """

    IN_TRANSIT = "TRANSIT", "在途"
    RECEIVED = "RECEIVED", "已接收"
    RETURNED = "RETURNED", "已退回"
    UNDONE = "UNDONE", "已撤回"

    @classmethod
    def unlisted(cls) -> list[str]:
        """States in which a transfer does not count against the number handed over."""
        return [cls.RETURNED, cls.UNDONE]


class MemberRequest(models.TextChoices):
    """What a branch may ask its office to carry out for a member (security P10, SYS-04)."""

    MOVE = "MOVE", "转到别的党支部"
    OUT = "OUT", "转出，离开本地"
    DEATH = "DEATH", "登记已故"
    LINK = "LINK", "登记活动组织，隶属不变"


class CorrectionKind(models.TextChoices):
    """What a member may ask about his own record (domain §6.12, security P24, SYS-04)."""

    CHANGE = "CHANGE", "有不对的，请改过来"
    ERASE = "ERASE", "有不该留的，请删掉"
    LINK = "LINK", "资料没错，想就近参加活动"


class Consent(models.TextChoices):
    """What a member agrees to by itself, and may take back (domain §6.2)."""

    HEALTH = "health", "登记健康信息"
    TALENT = "talent", "登记特长，进入人才库"
    DISPLAY = "display", "亮身份"
    CONTACT = "contact", "登记紧急联系人"
    PHOTO = "photo", "公开照片和事迹"
    SMS = "sms", "接收短信提醒"


class Severity(models.TextChoices):
    """How much a finding weighs (domain §3.3)."""

    ERROR = "E", "错误"
    WARNING = "W", "请核对"
    INFO = "I", "提示"


class OnDuplicate(models.TextChoices):
    """What happens to a person who is on the register already and differs from the roster.

    ASK writes nothing and reports the person as to be confirmed; SKIP leaves him as he is; FILL
    fills what the register lacks; OVERWRITE takes the roster's values. A blank never overwrites.
    """

    ASK = "ask", "先不动，列出来由我确认"
    SKIP = "skip", "不动，保留登记的内容"
    FILL = "fill", "只补登记里空着的"
    OVERWRITE = "overwrite", "以名册为准"


class RosterState(models.TextChoices):
    """States of a roster batch. REFUSED: the file itself; DISCARDED: by its owner or a dry run.

    UNDONE: written, and taken back as a whole.
    """

    UPLOADED = "UPLOADED", "待认列"
    CHECKING = "CHECKING", "核对中"
    READY = "READY", "待确认"
    WRITING = "WRITING", "写入中"
    DONE = "DONE", "已完成"
    REFUSED = "REFUSED", "已退回"
    DISCARDED = "DISCARDED", "已放弃"
    UNDOING = "UNDOING", "撤回中"
    UNDONE = "UNDONE", "已撤回"

    @classmethod
    def open_states(cls) -> list[str]:
        """States in which the batch may still be written."""
        return [cls.UPLOADED, cls.CHECKING, cls.READY, cls.WRITING]

    @classmethod
    def told_states(cls) -> list[str]:
        """States in which rows may be shown: their check ended, and is on record (security §5a 61)."""
        return [cls.READY, cls.WRITING, cls.DONE, cls.UNDOING, cls.UNDONE]


class RosterRowState(models.TextChoices):
    """How a row of a roster was judged against the register.

    FILLS: it only adds to blanks; DIFFERS: it only contradicts; MIXED: both. What a person must
    decide whatever was chosen for the file: ALIKE, a number that is not on the register but a name,
    birth month and branch that are; ELSEWHERE, a member of another branch; HELD, anything else.
    """

    NEW = "N", "新增"
    SAME = "S", "不变"
    FILLS = "F", "可补空白"
    DIFFERS = "D", "不一致"
    MIXED = "M", "可补空白，也有不一致"
    ALIKE = "A", "可能是同一个人"
    ELSEWHERE = "E", "在别的党支部"
    HELD = "H", "待确认"
    REJECTED = "R", "退回"


class RowDecision(models.TextChoices):
    """What a person decided about one row, whatever is done with the rest of the file.

    TAKE, KEEP: of a member who differs. SAME, NUMBER, OTHER: of somebody alike; NUMBER is the same
    person whose number the roster has right. OMIT: of somebody alike who is no single member's
    likeness, but of an earlier row or of several. LEAVE, MOVE, LINK: of a member of another branch.
    """

    TAKE = "take", "用名册的"
    KEEP = "keep", "保留登记的"
    SAME = "same", "是同一个人，号码以登记为准"
    NUMBER = "number", "是同一个人，号码以名册为准"
    OTHER = "other", "是另一个人，新增"
    OMIT = "omit", "是同一个人，不写入这一行"
    LEAVE = "leave", "不动"
    MOVE = "move", "组织关系转接到名册写的党支部"
    LINK = "link", "隶属不变，把名册写的党支部登记为活动组织"


class ChunkKind(models.TextChoices):
    """What a piece of a roster's work did. UNDO is the counter-entry of another piece."""

    WRITE = "WRITE", "写入"
    ACTS = "ACTS", "转接和活动组织"
    UNDO = "UNDO", "撤回"
