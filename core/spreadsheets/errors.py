"""Why a file is refused, in sentences that say what to do."""

from enum import StrEnum


class Refusal(StrEnum):
    """Codes of refusal; the tests and the command's JSON name them."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    NOT_A_TABLE = "not_a_table"
    OLD_OR_LOCKED = "old_or_locked"
    MACROS = "macros"
    UTF16 = "utf16"
    BROKEN = "broken"
    BOMB = "bomb"
    MIXED_ENCODING = "mixed_encoding"
    OPEN_QUOTE = "open_quote"
    CELL_TOO_LONG = "cell_too_long"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    MORE_THAN_HEADINGS = "more_than_headings"
    NO_SHEET = "no_sheet"
    TOO_SLOW = "too_slow"
    DISK_FULL = "disk_full"
    GONE = "gone"


SENTENCES = {
    Refusal.EMPTY: "文件是空的，请检查后重新上传。",
    Refusal.TOO_BIG: "文件超过{megabytes}兆，请分成几个文件上传。",
    Refusal.NOT_A_TABLE: "这不是表格文件，或者是网页存成的表格（有的系统导出的就是）。表格软件打得开的，请打开以后另存为 XLSX 再上传；打不开的，请换成 XLSX 或 CSV 文件。",
    Refusal.OLD_OR_LOCKED: "这是旧式 .xls、WPS 的 .et 文件，或者设了打开密码。请在表格软件里去掉密码，另存为 XLSX 再上传。",
    Refusal.MACROS: "文件里带有宏程序，不能上传。请另存为不带宏的 XLSX 再上传。",
    Refusal.UTF16: "文件的文字编码是 UTF-16，读不了。请在表格软件里另存为 XLSX，或者“CSV UTF-8”。",
    Refusal.BROKEN: "文件打不开，可能已经损坏。请用表格软件打开，另存为 XLSX 再上传。",
    Refusal.BOMB: "文件展开后过大，不像一份正常的表格，没有读取。请另存为 CSV 再上传。",
    Refusal.MIXED_ENCODING: "文字编码和别的行不一样，读出来会是乱码。请在表格软件里另存为 XLSX 再上传。",
    Refusal.OPEN_QUOTE: "引号没有成对，后面的行会连在一起。请改好这一行，或者另存为 XLSX 再上传。",
    Refusal.CELL_TOO_LONG: "有一格的文字太长，请删短后再上传。",
    Refusal.TOO_MANY_ROWS: "一次最多上传{rows}行，请分成几个文件。",
    Refusal.TOO_MANY_COLUMNS: "超过{columns}列。请删去表格右边多余的列再上传。",
    Refusal.MORE_THAN_HEADINGS: "比表头多出几格，分不清是哪一列。请改好这一行再上传。",
    Refusal.NO_SHEET: "文件里没有能看见的工作表，请检查后重新上传。",
    Refusal.TOO_SLOW: "文件太复杂，读了很久也没有读完。请另存为 CSV 再上传。",
    Refusal.GONE: "这份文件已经不在了：导入过，或者已按期删除。请重新上传。",
    Refusal.DISK_FULL: "服务器的磁盘满了，文件没有存下。请打求助电话告诉我们。",
}


# Of a cell, not of a file: whose result is not kept is for each table to judge.
FORMULA_UNSAVED = "这一格的公式没有存下算出的结果，或者算出来是 #N/A 这样的错误，只能当作空着。请在表格软件里打开，改好错的，把公式改成算出的值（复制，再选择性粘贴“数值”），保存后再上传。"


class RefusedFile(Exception):
    """The file is refused whole and nothing of it is kept. ``code`` for programs, ``message`` for people.

    ``fault`` is the message for where the row stands beside it already.
    """

    def __init__(self, code: Refusal, **facts: int) -> None:
        self.code = code
        self.row = facts.get("row")
        self.fault = SENTENCES[code].format(**facts)
        self.message = f"第{self.row}行：{self.fault}" if self.row else self.fault
        super().__init__(self.message)
