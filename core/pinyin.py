"""Pinyin and initials of names, with the readings that characters have as surnames."""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

# Names are read character by character; the table of phrases would cost every process 45 MB.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import Style, lazy_pinyin

# Read otherwise as a surname than in ordinary words.
_READINGS = (
    "单:shan 仇:qiu 解:xie 查:zha 区:ou 曾:zeng 盖:ge 朴:piao 缪:miao 翟:zhai 任:ren 华:hua 宁:ning "
    "尹:yin 乐:yue 员:yun 黑:he 秘:bi 折:she 种:chong 重:chong 冼:xian 洗:xian 召:shao 祭:zhai 覃:qin "
    "訾:zi 逄:pang 郇:xun 郗:xi 晁:chao 柏:bai 贲:ben 逯:lu 啜:chuai 佴:nai 么:yao 那:na 哈:ha 瞿:qu "
    "隗:wei 句:gou 牟:mu 都:du 盛:sheng 应:ying 纪:ji 燕:yan 过:guo 葛:ge 谌:chen 褚:chu 车:che "
    "石:shi 沈:shen 强:qiang 俞:yu 阚:kan 眭:sui 笪:da 钭:tou 亓:qi 尉:wei 六:lu 不:fou 能:nai 繁:po "
    "鲜:xian 卜:bu 令:ling 幸:xing 相:xiang 占:zhan 乜:nie 于:yu 万:wan 长:zhang 干:gan"
)
_SURNAMES = dict(pair.split(":") for pair in _READINGS.split())
_COMPOUND = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "令狐": ("ling", "hu"),
    "欧阳": ("ou", "yang"), "上官": ("shang", "guan"), "司马": ("si", "ma"), "诸葛": ("zhu", "ge"),
    "夏侯": ("xia", "hou"), "皇甫": ("huang", "fu"), "东方": ("dong", "fang"), "公孙": ("gong", "sun"),
    "慕容": ("mu", "rong"), "司徒": ("si", "tu"), "司空": ("si", "kong"), "澹台": ("tan", "tai"),
    "单于": ("chan", "yu"), "闻人": ("wen", "ren"), "宇文": ("yu", "wen"), "轩辕": ("xuan", "yuan"),
    "呼延": ("hu", "yan"), "端木": ("duan", "mu"), "南宫": ("nan", "gong"), "西门": ("xi", "men"),
    "赫连": ("he", "lian"), "钟离": ("zhong", "li"), "淳于": ("chun", "yu"), "申屠": ("shen", "tu"),
    "独孤": ("du", "gu"), "拓跋": ("tuo", "ba"), "濮阳": ("pu", "yang"), "太史": ("tai", "shi"),
}  # fmt: skip


class Spelling(NamedTuple):
    """Search forms of a name: zhangjianguo, zjg, 建国."""

    pinyin: str
    initials: str
    given_name: str


def _surname_length(name: str) -> int:
    return 2 if name[:2] in _COMPOUND and len(name) > 2 else 1


def spell(name: str) -> Spelling:
    """Return the search forms of NAME; signs other than letters and characters are left out."""
    head = _surname_length(name)
    surname, given = name[:head], name[head:]
    (pinyin, initials), (more, further) = _spell_surname(surname), _spell_given(given)
    return Spelling(
        pinyin + more, initials + further, given if "·" not in name else name.rpartition("·")[2]
    )


def list_order(name: str) -> tuple[str, str, str, str]:
    """Where NAME stands in a list of people: one surname together, and among its people by sound.

    The sounds of a whole name run together would put 李明 and 李淑芬 before and after 林德明.
    """
    head = _surname_length(name)
    surname, given = name[:head], name[head:]
    return _spell_surname(surname)[0], surname, _spell_given(given)[0], given


# Apart: a province has few surnames and given names, but hundreds of thousands of whole ones.
@lru_cache(maxsize=4096)
def _spell_surname(surname: str) -> tuple[str, str]:
    return _joined(_COMPOUND.get(surname) or (_SURNAMES.get(surname) or _read(surname),))


@lru_cache(maxsize=16384)
def _spell_given(given: str) -> tuple[str, str]:
    return _joined([*map(_read, given)])


def _joined(syllables: Sequence[str]) -> tuple[str, str]:
    return "".join(syllables), "".join([each[:1] for each in syllables])


@lru_cache(maxsize=32768)
def _read(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalpha() else ""
    syllable = lazy_pinyin(character, style=Style.NORMAL)[0] if character else ""
    return syllable if syllable.isascii() and syllable.isalpha() else ""
