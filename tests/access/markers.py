"""Rows outside somebody's reach whose words are found nowhere else, and the search for them."""

import io
import re
import zipfile
from typing import Any

from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from branches.models import Area, Branch
from core.models import User
from members.models import Member
from tests.cast import TODAY
from tests.factories.activities import record
from tests.factories.branches import make_area, make_branch
from tests.factories.members import make_member

ILLNESS = "密疾"
WORD = re.compile("[0-9A-Za-z]+")
ID_NUMBER = re.compile(rb"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")


def plant(by: User, street: Area, *, branches: int = 12, members: int = 5) -> set[str]:
    """Fill STREET with communities, branches, members and a theme day each; return their markers.

    Names, codes, paths, ID numbers, telephones, addresses, topics, agendas, reasons of leave:
    3 a community, 4 a branch, 4 a member.
    """
    markers: set[str] = set()
    for number in range(branches):
        area = make_area(street, f"秘境{number}号社区{street.code[:6]}")
        branch = make_branch(area, f"密林{number}离退休党支部{street.code}", code=f"MX{area.code}")
        markers |= {area.name, area.code, area.path, branch.name, branch.code}
        people = [_person(branch, number * members + each) for each in range(members)]
        markers |= {value for person in people for value in _words(person)}
        topic = f"密谈{number}次{street.code}"
        record(by, branch, people, topic=topic, place=f"密室{area.code}")
        agenda, day = f"密程{number}项{street.code}", TODAY.replace(month=12)
        plan_activity(by=by, branch=branch, period="2026-12", date=day, agenda=agenda)
        reason = f"{ILLNESS}{number}号{branch.pk}"
        excuse_member(by=by, member=people[0], period="2026-12", reason=reason)
        markers |= {reason, agenda}
        markers |= {topic, f"密室{area.code}"}
    return markers


def _person(branch: Branch, number: int) -> Member:
    # Characters that no other name of the tests uses; another one for each place of the number.
    name = f"隐{chr(0x9A00 + branch.pk % 250)}{chr(0x9B00 + number)}"
    return make_member(branch, name, address=f"{branch.area.name}密道{number}号{branch.pk}室")


def _words(person: Member) -> set[str]:
    return {person.name, person.id_number, person.phone, person.address}


def text_of(answer: Any) -> bytes:
    """Return all that an answer says: headers, body, the insides of a workbook."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items()).encode()
    return headers + b"\n" + unzipped(body)


def unzipped(body: bytes) -> bytes:
    """Return the insides of a workbook, anything else as it is."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return b"\n".join(book.read(name) for name in book.namelist())


def leaks(text: bytes, markers: set[str]) -> set[str]:
    """Return the markers that TEXT holds, also as JSON escapes, or with places where a line may break."""
    decoded = text.decode("utf-8", "replace").replace("<wbr>", "")
    if "\\u" in decoded:
        decoded += re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), decoded)
    # Most markers have a letter that few pages know: no need to read the page for it. Of digits and
    # Latin letters every page is full, so such a marker is looked for in each of its words once.
    letters, words = set(decoded), "\n".join(set(WORD.findall(decoded)))
    return {
        each
        for each in markers
        if letters.issuperset(each) and each in (words if WORD.fullmatch(each) else decoded)
    }
