"""Files that mean harm: refused in a second or at the child's limit; and 2,000 broken rosters."""

import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from core.spreadsheets import Limits, RefusedFile, open_table
from tests.bench import fuzz
from tests.bench.report import Report
from tests.core.files import cell, workbook

DATABASES = ("sqlite",)
FILES, AT_ONCE = 2_000, 2
ROWS = 1_000_000
GIGABYTES_2 = 2_000_000_000
HARMLESS = "80 两格相隔一百万行"  # read in little memory, or refused
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAUGHS = "<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + level)} '{f'&{chr(97 + level)};' * 10}'>" for level in range(9)
)


def measure(report: Report) -> None:
    """Offer the hostile files of security §5a, then the broken ones."""
    limits, taken = Limits.of_settings(), 0
    with tempfile.TemporaryDirectory() as folder:
        for what, path, most in _hostile(Path(folder), limits):
            start = perf_counter()
            outcome = _read(path)
            spent = perf_counter() - start
            report.bar(f"{what}（{outcome}）", spent, at_most=most, unit="s")
            taken += outcome == "read" and what != HARMLESS
            path.unlink()
        report.bar("应当拒绝而读了的", taken, at_most=0, unit="份")
        _measure_fuzz(report, Path(folder))


def _measure_fuzz(report: Report, folder: Path) -> None:
    start = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = Counter(
            pool.map(lambda file: _offer(folder, *file), fuzz.files(FILES), chunksize=1)
        )
    report.note(f"{FILES:,} 份弄坏的名册", perf_counter() - start)
    report.note("其中读出来的", outcomes.pop("read", 0), "份")
    lost = sum(count for outcome, count in outcomes.items() if outcome.startswith("!"))
    report.note("其中拒绝的", sum(outcomes.values()) - lost, "份")
    report.bar("出错而没有说明的", lost, at_most=0, unit="份")
    report.bar("留下的子进程", len(_children()), at_most=0, unit="个")


def _offer(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    try:
        return _read(path)
    except Exception as error:  # whatever is no refusal counts against the bar
        return f"!{error!r}"
    finally:
        path.unlink()


def _read(path: Path) -> str:
    """Return how reading PATH ends: ``read``, or the code of the refusal."""
    try:
        with open_table(path, content_name=path.name) as table:
            for _ in table.rows():
                pass
    except RefusedFile as refusal:
        return str(refusal.code)
    return "read"


def _children() -> list[str]:
    found = (each.read_text() for each in Path("/proc/self/task").glob("*/children"))
    return [pid for listed in found for pid in listed.split()]


def _hostile(folder: Path, limits: Limits) -> Iterator[tuple[str, Path, float]]:
    """Yield what it is, the file, and the seconds it may take."""
    long_cell = folder / "72.csv"
    long_cell.write_text(f"姓名,性别\n{'张' * 200_000},男\n", encoding="utf-8")
    yield "72 一格 20 万字", long_cell, 1
    many = folder / "78.csv"
    many.write_text("姓名,性别\n" + "张建国,男\n" * ROWS, encoding="utf-8")
    yield "78 CSV 一百万行", many, 1
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, ROWS + 1))
    yield "78 XLSX 一百万行", workbook(folder / "78.xlsx", rows), 1
    yield "79 压缩炸弹 2 GB", _bomb(folder / "79.xlsx"), 1
    body = f'<row r="1">{cell("A1", "姓名")}</row><row r="1048576">{cell("XFD1048576", "x")}</row>'
    yield HARMLESS, workbook(folder / "80.xlsx", body), limits.wall_seconds
    passwords = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    yield "81 外部实体", workbook(folder / "81.xlsx", "", doctype=passwords), 1
    laughs = f"<!DOCTYPE x [{_LAUGHS}]>"
    yield "81 十亿次大笑", workbook(folder / "81b.xlsx", "", doctype=laughs), 1
    for name, content in (
        ("程序", b"MZ" + bytes(4_000)),
        ("网页", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("旧表格", _OLE + bytes(4_000)),
    ):
        path = folder / "82.xlsx"
        path.write_bytes(content)
        yield f"82 {name}", path, 1
    yield "82 宏", workbook(folder / "82m.xlsx", "", extra={"xl/vbaProject.bin": b"x"}), 1


def _bomb(path: Path) -> Path:
    """Return a workbook that unpacks to two gigabytes of blanks."""
    workbook(path, "")
    piece = b" " * 10_000_000
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/bomb.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(GIGABYTES_2 // len(piece)):
            part.write(piece)
    return path
