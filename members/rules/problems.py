"""Every finding about a member's data: its code, field, weight and the sentence that is shown.

The sentences say how to mend and never repeat the personal value (security §5). ``Problem`` is
what forms, the admin and the roster import all show.
"""

from typing import NamedTuple

from core.dates import SENTENCES as DATE_WORDS
from members.enums import Severity

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 -- the marks of domain §3.3


class Problem(NamedTuple):
    """One finding: FIELD it belongs to, its CODE, its weight E/W/I, a Chinese sentence."""

    field: str
    code: str
    severity: str
    message: str


# How the row after one with the same number ends, once it is known what became of the first.
FIRST_TAKEN = "只收前面那一行。请核对后删去一行。"
NEITHER_TAKEN = "那一行也退回了，两行都没有收。请留下一行，改好再上传。"

_ID: dict[str, tuple[str, str]] = {
    "ID_EMPTY": (E, "请填写公民身份号码。确实没有的，请上级老干部局登记：“证件类型”填“无证号”。"),
    "ID_SCIENTIFIC": (E, "证件号码被表格软件变成了科学计数法，末几位已丢失。请把这一列设为文本，按证件重新填写。"),
    "ID_NUMERIC_CELL": (E, "证件号码存成了数字，末几位已丢失。请把这一列设为文本，按证件重新填写。"),
    "ID_ROUNDED": (E, "证件号码末三位是 000，多半是被表格软件改掉了。请按身份证重新填写。"),
    "ID_ROUNDED_PERHAPS": (W, "证件号码末三位是 000，可能被表格软件改过。请对照身份证核对。"),
    "ID_CHECK_DIGIT": (E, "证件号码的校验位不对，有数字抄错了。请对照身份证逐位核对。"),
    "ID_BIRTH_IMPOSSIBLE": (E, "证件号码里的出生日期不存在。请对照身份证核对第7到14位。"),
    "ID_BIRTH_RANGE": (E, "证件号码里的出生日期早于1900年或晚于今天。请对照身份证核对第7到14位。"),
    "ID_OLD": (W, "这是15位旧号码，先照原样保存。请换成身份证上的18位号码。"),
    "ID_LETTER": (E, "证件号码里把数字写成了字母（如 0 写成 O、1 写成 I）。请改成数字。"),
    "ID_CHARACTERS": (E, "证件号码只能是数字，最后一位可以是 X。请去掉其他文字和符号。"),
    "ID_LENGTH": (E, "公民身份号码应为18位。请数一数，补全或去掉多余的数字。"),
    "ID_AREA": (W, "证件号码的前六位查不到是哪个地区。请对照身份证再看一遍；没有抄错就打勾。"),
    "ID_BIRTH_DIFFERS": (W, "出生日期与证件号码不一致。以身份证为准请改正；以档案为准请写明原因。"),
    "ID_GENDER_DIFFERS": (E, "性别与证件号码第17位不一致（单数为男，双数为女）。请核对后改正。"),
    "ID_TWICE": (E, "证件号码与第{first}行相同，" + FIRST_TAKEN),
    "ID_EXISTS": (E, "这个证件号码已经登记过，不能重复登记。请在名册里查找后修改。"),
    "ID_ELSEWHERE": (E, "这个证件号码已存在于其他组织，请联系上级老干部局核对。"),
    "ID_ASKED_OUT": (E, "今天核对证件号码的次数用完了，这次没有核对，也没有保存。您填的还在这一页上；请明天再办，着急的请打电话给上级老干部局。"),
    "ID_OTHER_DOCUMENT": (E, "这像是护照或通行证号码。请填公民身份号码；确实用这种证件的，请在“证件类型”一栏写明。"),
    "ID_DOCUMENT_FORM": (E, "号码不像所填证件类型的号码。请对照证件，核对号码和证件类型。"),
    "ID_NOT_NONE": (E, "证件类型填的是“无证号”，却有号码。请核对其中一项。"),
    "ID_OTHER_PERHAPS": (W, "这个号码像身份证号码少了几位，或者像手机号码。请对照证件核对；没有填错就打勾。"),
    "BIRTH_NEEDED": (E, "这种证件的号码里没有出生日期。请填写出生日期。"),
    "GENDER_NEEDED": (E, "这种证件的号码里看不出性别。请填写性别。"),
}  # fmt: skip

_NAME: dict[str, tuple[str, str]] = {
    "NAME_EMPTY": (E, "请填写姓名。"),
    "NAME_LENGTH": (E, "姓名应为2到20个字。请与身份证写得一样。"),
    "NAME_NUMBER": (E, "姓名这一格里像是证件号码或电话。请填姓名，号码填到专门的栏目。"),
    "NAME_CHARACTERS": (W, "姓名里有数字或符号，请对照身份证核对。"),
    "NAME_SAKE": (I, "本支部已有同名同志：{who}。请对照证件号码末四位，看是不是同一人。"),
    "NAME_SAKE_ALIKE": (
        W,
        "本支部已有同名、同年月出生的同志：{who}。没有两个号码可以对照，是不是同一位？是同一位，请到他的资料里改，不要登记两次；不是同一位就打勾。",
    ),
}

_TEXT: dict[str, tuple[str, str]] = {
    "TEXT_NUL": (E, "这一格里有看不见的坏字符。请清空这一格，重新输入。"),
    "TEXT_SURROGATE": (E, "这一格里有无法识别的坏字符。请清空这一格，重新输入。"),
}

_DATE: dict[str, tuple[str, str]] = {code: (E, sentence) for code, sentence in DATE_WORDS.items()}
_DATE["DATE_FUTURE"] = (E, "日期晚于今天。请核对年份。")

_PHONE: dict[str, tuple[str, str]] = {
    "PHONE_SCIENTIFIC": (E, "电话号码被表格软件变成了科学计数法。请把这一列设为文本，重新填写。"),
    "PHONE_MANY": (E, "一格里最多填三个电话。请留下最常用的。"),
    "PHONE_FORM": (W, "电话号码不像手机号，也不像带区号的固定电话。请核对。"),
    "PHONE_NO_AREA_CODE": (W, "固定电话请加上区号，如 025-88886666。"),
    "PHONE_SAME_AS_EMERGENCY": (W, "本人电话与紧急联系人电话相同。请核对其中一个。"),
    "PHONE_HELD": (W, "{who}也登记了这个电话。夫妻、家人合用就打勾；不是，请核对。"),
    "PHONE_TWICE": (W, "第{first}行的同志也写了这个电话。夫妻、家人合用就打勾；不是，请核对。"),
    "PHONE_SHARED": (W, "超过{most}位同志登记了同一个电话。请核对。"),
}

_PARTY: dict[str, tuple[str, str]] = {
    "JOIN_TOO_YOUNG": (E, "入党时不满{age}周岁。请核对入党日期和出生日期。"),
    "JOIN_YOUNG": (W, "入党时不满{age}周岁。如确实如此（战争年代入党、档案年龄不同），请写明原因。"),
    "FULL_BEFORE_JOIN": (W, "转正日期早于入党日期。请核对。"),
    "FULL_GAP": (W, "转正日期与入党日期相隔不是一年左右。请核对；预备期延长过的请写明原因。"),
    "PROBATIONARY_FULL_DATE": (W, "党员类别是预备党员，却填了转正日期。请核对其中一项。"),
    "MEDAL_EARLY": (W, "按转正日期（没有的按入党日期），领“光荣在党50年”纪念章的那年七一党龄不满{most}年。请核对。"),
    "MEDAL_YEAR": (E, "纪念章年份请写四位数字，如 2021。"),
    "PROBATIONARY_POST": (E, "预备党员不能担任党内职务。请先核对党员类别或任职。"),
}  # fmt: skip

_WORK: dict[str, tuple[str, str]] = {
    "WORK_BEFORE_BIRTH": (E, "参加工作时间早于出生日期。请核对。"),
    "RETIRE_TOO_YOUNG": (E, "离退休时不满{age}周岁。请核对离退休时间和出生日期。"),
    "RETIRE_LATE": (W, "离退休时已过{age}周岁。请核对离退休时间。"),
    "RETIRE_BEFORE_WORK": (E, "离退休时间早于参加工作时间。请核对。"),
    "VETERAN_WORK_START": (E, "离休干部应在1949年9月30日以前参加革命工作。请核对人员类别或参加工作时间。"),
    "VETERAN_AGE": (W, "离休干部一般在{year}年以前出生。请核对人员类别或出生日期。"),
    "RANK_WORKER": (W, "待遇填的是工人，人员类别却是离退休干部。请核对其中一项。"),
}  # fmt: skip

_LIFE: dict[str, tuple[str, str]] = {
    "BIRTH_ARCHIVE_REASON": (W, "档案出生日期与身份证不同，请写明原因。"),
    "COMMUNITY_ELSEWHERE": (I, "居住社区不在所在党支部的区划里，可以在居住地登记一个活动组织。"),
    "ADDRESS_ELSEWHERE": (I, "居住地址写的是外地。如长期在外，请登记为流动党员。"),
    "CONSENT_WITHDRAWN": (E, "本人已于{day}撤回同意。重新同意的，请填撤回以后的同意日期；没有重新同意的，请清空。"),
    "AGREED_HIMSELF": (E, "本人已于{day}自己办了同意，这个日期不用改。本人要撤回的，请清空。"),
    "NOT_AGREED": (E, "这几项要本人同意才能登记。请填本人同意的日期，或把这几项清空。"),
    "CONTACT_NOT_AGREED": (E, "紧急联系人本人同意才能登记。请填他同意的日期，或把紧急联系人清空。"),
    "REMARK_PERSONAL": (W, "备注里好像有证件号码或电话。请移到专门的栏目，备注不加密。"),
}  # fmt: skip

_FIELDS = {
    "ID_BIRTH_DIFFERS": "birth_date",
    "ID_GENDER_DIFFERS": "gender",
    "JOIN_TOO_YOUNG": "join_date",
    "JOIN_YOUNG": "join_date",
    "FULL_BEFORE_JOIN": "full_date",
    "FULL_GAP": "full_date",
    "PROBATIONARY_FULL_DATE": "full_date",
    "PROBATIONARY_POST": "member_kind",
    "MEDAL_EARLY": "medal50",
    "MEDAL_YEAR": "medal50_year",
    "WORK_BEFORE_BIRTH": "work_start",
    "RETIRE_TOO_YOUNG": "retire_date",
    "RETIRE_LATE": "retire_date",
    "RETIRE_BEFORE_WORK": "retire_date",
    "VETERAN_WORK_START": "work_start",
    "VETERAN_AGE": "person_kind",
    "RANK_WORKER": "rank",
    "BIRTH_ARCHIVE_REASON": "birth_date_reason",
    "COMMUNITY_ELSEWHERE": "community",
    "ADDRESS_ELSEWHERE": "address",
    "REMARK_PERSONAL": "remark",
    "BIRTH_NEEDED": "birth_date",
    "GENDER_NEEDED": "gender",
}
_FIELDS |= {code: "id_number" for code in _ID if code not in _FIELDS}
_FIELDS |= dict.fromkeys(_NAME, "name") | dict.fromkeys(_PHONE, "phone")

# Doubts that want a reason in words besides the tick (domain §3.3 5, 6).
REASONED = frozenset({"JOIN_YOUNG", "FULL_GAP"})
SENTENCES = _ID | _NAME | _TEXT | _DATE | _PHONE | _PARTY | _WORK | _LIFE


def problem(code: str, field: str = "", **figures: int | str) -> Problem:
    """Return the finding CODE; FIELD where the code fits several, FIGURES what its sentence names."""
    severity, sentence = SENTENCES[code]
    message = sentence.format(**figures) if figures else sentence
    return Problem(field or _FIELDS[code], code, severity, message)


def refuses(problems: list[Problem]) -> bool:
    """Whether any of PROBLEMS forbids saving."""
    return any(found.severity == E for found in problems)
