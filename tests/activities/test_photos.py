"""Photos with the theme day: optional, made small, seen by whom the record is visible to."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from activities.actions.archive import archive_activities
from activities.models import Activity, Photo
from branches.enums import Role
from branches.models import Branch
from core.models import AuditEvent, RuleParameter, StoredFile, User
from members.models import Member
from tests.activities.conftest import shanghai
from tests.activities.log_page import filled
from tests.factories.activities import make_link, record
from tests.factories.branches import make_post
from tests.factories.members import make_member

SignIn = Callable[[User], Client]
NOVEMBER = "theme-day/2026-11/"


@pytest.fixture(autouse=True)
def private(settings: Any, tmp_path: Path) -> Path:
    """A private folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "private"
    return tmp_path / "private"


@pytest.fixture
def client(client_for: SignIn, secretary: User) -> Client:
    """Give the secretary's browser."""
    return client_for(secretary)


@pytest.fixture
def address(branch: Branch, roster: list[Member]) -> str:
    """The log page of B1."""
    return f"/branch/{branch.pk}/{NOVEMBER}"


def text(response: Any) -> str:
    """What a page says, wherever its lines may break."""
    return response.content.decode().replace("<wbr>", "")


def shot(colour: str = "red", size: tuple[int, int] = (1800, 900)) -> SimpleUploadedFile:
    """A photo as a telephone sends it."""
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(f"{colour}.jpg", out.getvalue(), "image/jpeg")


def send(client: Client, address: str, *photos: Any, **changes: Any) -> Any:
    """Send the log page as it came with PHOTOS."""
    return client.post(address, filled(client.get(address), **changes) | {"photos": photos})


def on_disk(private: Path) -> int:
    return len([path for path in private.rglob("*") if path.is_file()])


def test_photos_are_kept_small_and_without_their_origin(
    client: Client, address: str, private: Path
) -> None:
    answer = send(client, address, shot("red"), shot("blue"))
    assert answer.status_code == 302
    assert Photo.objects.count() == 2
    page = text(client.get(f"{address}record/"))
    shown = re.findall(r'<img src="(/photo/\d+/small/)" alt="([^"]+)"', page)
    assert [words for _, words in shown] == [
        "学习全会精神，照片1，共2张",
        "学习全会精神，照片2，共2张",
    ]
    for source, side in ((shown[0][0], 480), (shown[0][0].replace("small/", ""), 1600)):
        sent: Any = client.get(source)
        content = b"".join(sent.streaming_content)
        assert (sent["Content-Type"], sent["Cache-Control"]) == ("image/jpeg", "private, no-store")
        assert max(Image.open(io.BytesIO(content)).size) == side
        assert b"SECRETPHONE" not in content
    assert on_disk(private) == 4
    assert AuditEvent.objects.filter(act="添加照片").count() == 1


def test_without_photos_nothing_changes(client: Client, address: str) -> None:
    assert send(client, address).status_code == 302
    assert Photo.objects.count() == 0
    assert "照片" not in text(client.get(f"{address}record/"))


def test_the_same_photo_twice_is_one(client: Client, address: str, private: Path) -> None:
    page = client.get(address)
    for _ in range(2):
        sent = filled(page) | {"photos": [shot("red"), shot("red")]}
        assert client.post(address, sent).status_code == 302
    assert Photo.objects.count() == 1
    assert Activity.objects.get().version == 1
    assert on_disk(private) == 2


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "第2张不是照片，或者坏了，打不开。"),
        (b"MZ" * 500, "第2张不是照片，或者坏了，打不开。"),
        (b"", "第2张不是照片，或者坏了，打不开。"),
        (b"x" * 6_000_001, "第2张超过6兆，太大了。"),
    ],
)
def test_what_is_no_photo_loses_nothing_else(
    client: Client, address: str, private: Path, bad: bytes, sentence: str
) -> None:
    broken = SimpleUploadedFile("照片.jpg", bad, "image/jpeg")
    answer = send(client, address, shot(), broken, topic="学党章")
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert "照片没有存下，请再选一次。别的都还在。" in text(answer)
    assert answer.context["form"]["topic"].value() == "学党章"
    assert (Activity.objects.count(), Photo.objects.count(), on_disk(private)) == (0, 0, 0)


def test_a_photo_above_every_limit_is_told_of_as_a_photo(
    client: Client, address: str, settings: Any
) -> None:
    settings.SPREADSHEET_LIMITS = settings.SPREADSHEET_LIMITS | {"file_bytes": 6_500_000}
    page = text(send(client, address, SimpleUploadedFile("a.jpg", b"x" * 6_600_000)))
    assert "第1张超过6兆，太大了。请换一张，或者裁小一点再放。" in page
    assert "分成几个文件" not in page


@pytest.mark.parametrize("names", [["a" * 1100], [f"{number}" for number in range(101)]])
def test_what_is_not_read_at_all_says_what_it_may_be(
    client: Client, address: str, names: list[str]
) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="photos"; filename="{}.jpg"\r\n\r\nx\r\n'
    body = "".join(map(part.format, names)) + "--x--\r\n"
    answer = client.post(address, body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
    assert "文件太大、文件名太长，或者一次放的文件太多" in text(answer)


def test_another_mistake_says_that_the_photos_are_gone(client: Client, address: str) -> None:
    answer = send(client, address, shot(), topic=" ")
    assert "照片没有存下，请再选一次。别的都还在。" in text(answer)
    assert Photo.objects.count() == 0


def test_no_more_than_the_parameter_says(client: Client, address: str) -> None:
    assert '最多3张，每张不超过<span class="nb">6兆</span>。' in text(client.get(address))
    assert "最多放3张，您选了4张。" in text(
        send(client, address, *map(shot, ("red", "blue", "green", "black")))
    )
    assert send(client, address, shot("red"), shot("blue")).status_code == 302
    answer = send(client, address, shot("green"), shot("black"), topic="学党章")
    assert "最多放3张，已经有2张，这次最多再放1张。" in text(answer)
    assert Activity.objects.get().topic == "学习全会精神"
    assert Photo.objects.count() == 2
    RuleParameter.objects.filter(key="photo.most").update(value="0")
    assert "照片" not in text(client.get(address))


def test_a_session_that_ends_keeps_all_but_the_photos(
    client: Client, client_for: SignIn, secretary: User, address: str
) -> None:
    page = client.get(address)
    mark = re.search(r'name="form_owner" value="([^"]+)"', text(page))
    assert mark is not None
    client.logout()
    sent = filled(page, topic="学党章", form_owner=mark[1]) | {"photos": [shot()]}
    assert client.post(address, sent)["Location"] == f"/signin/?kept=1&next={address}"
    page = client_for(secretary).get(address)
    assert page.context["form"]["topic"].value() == "学党章"
    assert "照片留不住，放过照片的，请再选一次。" in text(page)
    assert Photo.objects.count() == 0


def test_the_second_of_two_is_told_that_the_photos_wait(
    client_for: SignIn, client: Client, street_staff: User, address: str
) -> None:
    other = client_for(street_staff)
    mine, theirs = client.get(address), other.get(address)
    client.post(address, filled(mine))
    answer = other.post(address, filled(theirs, topic="学党章") | {"photos": [shot()]})
    assert answer.status_code == 409
    assert "照片没有存下。合好保存以后，点“改一改”再放照片。" in text(answer)
    assert Photo.objects.count() == 0


def test_a_photo_is_removed_after_asking(client: Client, address: str, private: Path) -> None:
    send(client, address, shot("red"), shot("blue"))
    photo = Photo.objects.earliest("pk")
    remove = f"{address}photo/{photo.pk}/remove/"
    assert remove in text(client.get(f"{address}record/"))
    assert "要删掉这张照片吗？" in text(client.get(remove))
    assert Photo.objects.count() == 2
    assert client.post(remove)["Location"] == f"{address}record/"
    assert Photo.objects.count() == 1
    assert StoredFile.objects.count() == 2
    assert client.get(f"/photo/{photo.pk}/").status_code == 404
    assert client.post(remove).status_code == 404
    assert AuditEvent.objects.filter(act="删除照片").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_removed_photo_leaves_the_disk(client: Client, address: str, private: Path) -> None:
    send(client, address, shot("red"))
    assert on_disk(private) == 2
    client.post(f"{address}photo/{Photo.objects.get().pk}/remove/")
    assert on_disk(private) == 0


def test_after_the_deadline_a_photo_stays(
    client_for: SignIn,
    secretary: User,
    bureau_staff: User,
    address: str,
    clock: time_machine.Traveller,
) -> None:
    send(client_for(secretary), address, shot())
    remove = f"{address}photo/{Photo.objects.get().pk}/remove/"
    clock.move_to(shanghai(2026, 12, 1, 8))
    late = client_for(secretary)
    assert remove not in text(late.get(f"{address}record/"))
    assert late.post(remove).status_code == 403
    archive_activities(by=bureau_staff, activities=Activity.objects.all())
    assert client_for(bureau_staff).post(remove).status_code == 403
    assert Photo.objects.count() == 1


def test_who_sees_a_photo(
    client_for: SignIn,
    client: Client,
    address: str,
    member: User,
    bureau_staff: User,
    street_staff: User,
    other_secretary: User,
    outsider: User,
    auditor: User,
) -> None:
    send(client, address, shot())
    place = f"/photo/{Photo.objects.get().pk}/"
    seen = {
        user.username: [status(client_for(user), f"{place}{size}") for size in ("", "small/")]
        for user in (member, bureau_staff, street_staff, other_secretary, outsider, auditor)
    }
    yes, no = [200, 200], [404, 404]
    assert list(seen.values()) == [yes, yes, yes, no, no, no]
    assert Client().get(place).status_code == 302


def test_a_member_sees_the_activity_and_its_photos(
    client_for: SignIn,
    client: Client,
    secretary: User,
    outsider: User,
    branch: Branch,
    other_branch: Branch,
    member: User,
    roster: list[Member],
) -> None:
    me = Member.objects.get(user=member)
    send(client, f"/branch/{branch.pk}/{NOVEMBER}", shot())
    activity = Activity.objects.get()
    browser = client_for(member)
    place = f"/me/activity/{activity.pk}/"
    assert place in text(browser.get("/me/record/"))
    page = text(browser.get(place))
    assert "学习全会精神" in page
    assert "我</dt><dd>到会" in page
    assert f'src="/photo/{Photo.objects.get().pk}/small/"' in page
    assert "删掉" not in page
    assert roster[0].name not in page
    assert client_for(outsider).get(place).status_code == 404
    # A branch that he has left since is no longer open to him: no dead link.
    link = make_link(me, other_branch)
    make_member(other_branch, "张桂兰")
    elsewhere = record(
        street_of(other_branch),
        other_branch,
        Member.objects.exclude(branch=branch) | Member.objects.filter(pk=me.pk),
        period="2026-10",
    )
    assert f"/me/activity/{elsewhere.pk}/" in text(browser.get("/me/record/"))
    type(link).objects.filter(pk=link.pk).update(ended_on="2026-11-01")
    shown = text(browser.get("/me/record/"))
    assert other_branch.name in shown
    assert f"/me/activity/{elsewhere.pk}/" not in shown


def status(browser: Client, place: str) -> int:
    answer: Any = browser.get(place)
    b"".join(answer.streaming_content if answer.streaming else answer)
    return int(answer.status_code)


def street_of(branch: Branch) -> User:
    return make_post(Role.STREET, branch.area).user
