"""Findings about a roster's rows that are not about the person: columns, places, duplicates.

As in ``members.rules.problems`` the sentences say how to mend and never repeat a personal value;
names of branches, communities and code tables are no personal values. A quoted cell may be in the
wrong column: what looks like a long number is hidden in it. One sentence is read before the writing
and after: it says what is not written (不写入), only what is found at the writing what was not.
"""

from core.long_numbers import hide_long_numbers
from core.spreadsheets import FORMULA_UNSAVED
from members.rules.problems import Problem

_ERRORS = {
    "ROW_RAGGED": "这一行比表头{odd}，内容可能错了位。请在表格里对齐后重新保存。",
    "TEXT_LONG": "这一格最多{most}个字。请写短一些，其余写到备注。",
    "CODE_UNKNOWN": "{typed}不在“{table}”的选项里。可以填：{choices}。",
    "MONEY_UNREADABLE": "金额请写成数字，如 1234.50，不能是负数，也不能超过一百万元。",
    "BRANCH_EMPTY": "请填写所在党支部。",
    "BRANCH_UNKNOWN": "没有找到这个党支部。请填完整的名称或组织代码。{near}",
    "BRANCH_SAME_NAME": "有两个以上的党支部叫这个名称。请改填组织代码。",
    "BRANCH_DISSOLVED": "这个党支部已经撤销。请改填现在的党支部。",
    "BRANCH_NOT_HOME": "这类党组织不接收组织关系。请填一个党支部。",
    "BRANCH_TWO": "支部代码和支部名称指的不是同一个党支部。请核对。",
    "DECEASED": "这位同志已登记为已故，名册不再更新。如登记有误，请先在党员资料里更正。",
    "NO_LONGER_YOURS": "核对以后，这个党支部已不在您的管理范围。请联系上级老干部局。",
    "TAKEN_MEANWHILE": "核对以后，这个证件号码已由别人登记。请重新核对名册。",
}  # fmt: skip
_WARNINGS = {
    "FORMULA_UNSAVED": FORMULA_UNSAVED,
    "DATE_YEAR_LEFT": "日期只有年份，这一格先空着。查清年月以后请补上；必填的会列在待补资料里。",
    "CODE_LEFT": "{typed}不在“{table}”的选项里，这一格先空着。可以填：{choices}。",
    "YES_NO_LEFT": "不是“是”也不是“否”，这一格先空着。请填“是”或“否”。",
    "YEAR_LEFT": "年份看不明白，这一格先空着。请写四位数字，如 2021。",
    "DATE_JANUARY": "末尾写成 .1 的年月，读成了1月（表格软件会把 .10 变成 .1）。是10月的，核对时写上行号，按10月重新核对，不用改表格。",
    "HEALTH_LEFT": "没有本人同意的日期，健康、自理等情况不写入。要写入的，请在{where}填上本人同意的日期，再导入一次。",
    "TALENT_LEFT": "没有本人同意的日期，特长不写入。要写入的，请在{where}填上本人同意的日期，再导入一次。",
    "CONTACT_LEFT": "没有紧急联系人同意的日期，紧急联系人不写入。要写入的，请在{where}填上联系人同意的日期，再导入一次。",
    "WITHDRAWN_LEFT": "本人已于{day}撤回同意，这几栏不写入：{fields}。重新同意的，请填撤回以后的同意日期，再导入一次。",
    "CONSENT_UNDATED": "只写了同意，没有日期，这一格不写入。请填上本人同意的日期，如 2026-03-01。",
    "AGE_DIFFERS": "年龄与按证件号码算的相差超过{most}岁。请核对证件号码；年龄由系统算，这一格不登记。",
    "LOST_UNDATED": "写了是失联党员，没有写失去联系日期，不登记为失联。请补上“失去联系日期”一列，或到党员资料里登记。",
    "LOST_DIFFERS": "写了不是失联党员，却有失去联系日期。请核对其中一项。",
    "GROUP_UNKNOWN": "所在党支部没有这个党小组，这一格不写入。请先在组织里建好党小组，再到党员资料里补上。",
    "COMMUNITY_UNKNOWN": "本区区划里没有找到这个社区，这一格不写入。请填完整的名称或12位代码。",
    "COMMUNITY_SAME_NAME": "有几个社区叫这个名称，这一格不写入。请改填12位代码。",
    "GRID_UNKNOWN": "没有找到这个网格，这一格不写入。请填网格代码。",
    "LINK_PLACE": "第{order}个活动组织不登记：{fault}",
    "LINK_HOME": "活动组织里写了隶属的党支部，不用再登记，这一个不写入。",
    "LINK_NUMBERLESS": "没有证件号码的同志，活动组织不随名册登记。请写入以后，到他的页面登记。",
    "LINK_LIMIT": "{policy}多出的不登记。",
    "PHONE_LEFT": "这一格的电话多于登记的栏目，多出的不写入。",
    "DIFFERS": "这位同志已登记，名册与登记不一致：{fields}。请确认以哪个为准。",
    "OTHER_BRANCH": "这位同志现在隶属“{branch}”。请选：不动、办理转接，或登记为活动组织。",
    "NO_BRANCH": "这位同志已经转出，现在不在任何党支部。回来了的，请选转接；没有回来的，请选不动，或登记为活动组织。",
    "ELSEWHERE_LEFT": "这几栏与登记不同，不写入：{fields}。转接以后再导入一次，或到本人页面改。",
    "ALIKE": "登记里有一位同支部、同名、同年月出生的同志，证件号码不同，可能是同一个人。请看清再选。",
    "ALIKE_SEVERAL": "登记里有{number}位同支部、同名、同年月出生的同志。是另一个人就选新增；是其中一位，就选“不写入这一行”，再到他的资料里核对证件号码。",
    "ALIKE_ROW": "第{first}行的同志同支部、同名、同年月出生，证件号码不同，可能是同一个人。是另一个人就选新增；是同一个人，请对照身份证：第{first}行的号码对，就选“不写入这一行”；这一行的对，请在表格里删去第{first}行，再上传。",
    "TWIN_ROW": "与第{first}行的同志同支部、同名、同年月出生，两个证件号码都对得上，按两位同志登记。是同一位写了两次的，请对照身份证：第{first}行的号码对，就选“不写入这一行”；这一行的对，请在表格里删去第{first}行，再上传。",
    "MERGED": "与登记的其他内容合起来看：{message}改成名册的样子，这一行不会写入。",
    "MERGED_REFUSED": "与登记的其他内容合起来看：{message}这一行没有写入。",
    "ACT_REFUSED": "这一项没有办成：{message}",
    "ALIKE_NO_NUMBER": "登记里有一位同支部、同名、同年月出生的同志，没有两个号码可以对照，可能是同一个人。请看清再选。",
    "ALIKE_ROW_NO_NUMBER": "第{first}行的同志同支部、同名、同年月出生，没有两个号码可以对照，可能是同一个人。是另一个人就选新增；是同一个人，请看哪一行写得对：第{first}行对，就选“不写入这一行”；这一行对，请在表格里删去第{first}行，再上传。",
    "ALIKE_MEANWHILE": "核对以后，同支部登记了一位同名、同年月出生的同志，可能是同一个人，这一行没有写入。请重新核对名册。",
    "EDITED_MEANWHILE": "核对以后，这位同志的资料又改过，这一行没有写入。请重新核对名册。",
}  # fmt: skip
SENTENCES = _ERRORS | _WARNINGS


def finding(code: str, field: str, **parts: object) -> Problem:
    """Return the finding CODE about FIELD; PARTS fill the sentence, long numbers in them hidden."""
    parts = {
        name: hide_long_numbers(part) if isinstance(part, str) else part
        for name, part in parts.items()
    }
    severity = "E" if code in _ERRORS else "W"
    return Problem(field, code, severity, SENTENCES[code].format(**parts))
