"""Rosters with something wrong in them: real ones, mutated by a seed (security §5a)."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator

import openpyxl

from tests.bench import rosters

PEOPLE = 30
SEED = 20_261_128
_INTERESTING = (
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"\r",
    b"=1+1",
    b"\x81\x30",
    b"]]>",
    b"&a;",
    b"<row>",
    b"-1",
)
_SHEET = "xl/worksheets/sheet1.xml"
_NUMBERS = (b"0", b"1048577", b"3000000000", b"9" * 25, b"9" * 5000)
_FORMULAS = (
    b"<f/>",
    b"<f></f><v/>",
    b"<f>A1</f>",
    b'<f t="shared" si="0"/><v></v>',
    b'<!-- r="A99999999999" --><f>1</f>',
)


def files(count: int, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Yield COUNT files as (name, content); the same seed, the same files."""
    chance = random.Random(seed)
    bases = list(_bases())
    for number in range(count):
        kind, content = bases[number % len(bases)]
        mutate = chance.choice(_MUTATIONS[kind])
        for _ in range(chance.randint(1, 4)):
            content = mutate(chance, content)
        yield f"{number}.{kind}", content


def _bases() -> Iterator[tuple[str, bytes]]:
    people = [
        list(rosters.HEADING),
        *rosters.rows(PEOPLE, [rosters.Place("9901010001", "槐荫社区")]),
    ]
    text = "\n".join(",".join(row) for row in people)
    book = openpyxl.Workbook()
    for row in people:
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    stream = io.BytesIO()
    book.save(stream)
    yield "csv", text.encode("gb18030")
    yield "xlsx", stream.getvalue()
    yield "csv", text.encode("utf-8-sig")
    yield "xlsx", stream.getvalue()


def _flip(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content or b"\x00")
    for _ in range(chance.randint(1, 12)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(chance: random.Random, content: bytes) -> bytes:
    first = chance.randrange(len(content) + 1)
    return content[:first] + content[first + chance.randrange(1, 400) :]


def _truncate(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _repeat(chance: random.Random, content: bytes) -> bytes:
    first = chance.randrange(len(content) + 1)
    return content[:first] + content[first : first + 200] * chance.randint(2, 50) + content[first:]


def _insert(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.choice(_INTERESTING) * chance.randint(1, 30) + content[place:]


def _inside(chance: random.Random, content: bytes) -> bytes:
    """Mutate one part of a workbook and pack it soundly again, so that its parser gets to see it."""
    parts = _parts(content)
    if not parts:
        return content
    name = chance.choice(sorted(parts))
    parts[name] = chance.choice(_RAW)(chance, parts[name])
    return _packed(parts)


def _in_tags(chance: random.Random, content: bytes) -> bytes:
    """Mutate what the tags of a sheet tell: numbers of rows and cells, hidden rows, formulas."""
    parts = _parts(content)
    if _SHEET not in parts:
        return content
    pattern, replacement = chance.choice(
        (
            (rb'(<row )r="\d+"', rb'\1r="%b"' % chance.choice(_NUMBERS)),
            (rb'(<c r="[A-Z]+)\d+', rb"\g<1>%b" % chance.choice(_NUMBERS)),
            (rb"<c (?=r=)", b"<c x='r=\"A%b\"' " % chance.choice(_NUMBERS)),
            (rb"<row ", b'<row hidden="1" '),
            (rb"(<c [^>]*>)<(?:v|is)>.*?(?=</c>)", rb"\1" + chance.choice(_FORMULAS)),
        )
    )
    share = chance.random()
    parts[_SHEET] = re.sub(
        pattern,
        lambda found: found.expand(replacement) if chance.random() < share else found[0],
        parts[_SHEET],
    )
    return _packed(parts)


def _parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook by name; none where it is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return {name: packed.read(name) for name in packed.namelist()}
    except (zipfile.BadZipFile, OSError):
        return {}


def _packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, part in parts.items():
            packed.writestr(each, part)
    return stream.getvalue()


Mutation = Callable[[random.Random, bytes], bytes]
_RAW: tuple[Mutation, ...] = (_flip, _cut, _truncate, _repeat, _insert)
_MUTATIONS: dict[str, tuple[Mutation, ...]] = {
    "csv": _RAW,
    "xlsx": (*_RAW, *[_inside] * 5, *[_in_tags] * 5),
}
