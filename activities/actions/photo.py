"""Keeping and removing the photos of a record (elder_ux §5)."""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from activities.actions.theme_day import days_open_now, refusal
from activities.models import Activity, Photo
from activities.rules.period import Period
from core import audit
from core.files import keep_file, remove_file
from core.models import StoredFile
from core.parameters import parameter
from core.pictures import Picture
from core.spreadsheets import RefusedFile

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def add_photos(*, by: "User", activity: Activity, pictures: Iterable[Picture]) -> list[Photo]:
    """Keep PICTURES with ACTIVITY; one that is there already is passed over.

    Raises ValidationError beyond the parameter ``photo.most`` or when the disk is full,
    PermissionDenied when the record is locked or not BY's. Then none is kept.
    """
    activity = _locked(by, activity)
    known = set(activity.photos.values_list("digest", flat=True))
    new = {hashlib.sha256(picture.full).hexdigest(): picture for picture in pictures}
    new = {digest: picture for digest, picture in new.items() if digest not in known}
    most = parameter("photo.most", area_code=activity.branch.area.code)
    if isinstance(most, int) and len(known) + len(new) > most:
        raise ValidationError({"photos": too_many(most, len(known))})
    photos = [
        Photo.objects.create(
            activity=activity,
            digest=digest,
            file=_kept(by, "照片.jpg", picture.full),
            small=_kept(by, "小图.jpg", picture.small),
        )
        for digest, picture in new.items()
    ]
    if photos:
        _note(by, "添加照片", activity, len(photos))
    return photos


@transaction.atomic
def remove_photo(*, by: "User", photo: Photo) -> None:
    """Remove PHOTO for good, from the disk too. PermissionDenied when the record is locked."""
    activity = _locked(by, photo.activity)
    files = [photo.file, photo.small]
    photo.delete()
    for stored in files:
        remove_file(stored)
    _note(by, "删除照片", activity, 1)


def too_many(most: int, kept: int) -> str:
    """Return the sentence for more photos than MOST when KEPT are there."""
    if not kept:
        return f"最多放{most}张，请少选几张。"
    if kept >= most:
        return f"最多放{most}张，已经放满了。要换，请先在记录页删掉一张。"
    return f"最多放{most}张，已经有{kept}张，这次最多再放{most - kept}张。"


def _locked(by: "User", activity: Activity) -> Activity:
    """Return ACTIVITY locked for this transaction, if BY may change it today."""
    rows = Activity.objects.editable_by(by).held().select_related("branch__area")
    found = rows.select_for_update(of=("self",)).filter(pk=activity.pk).first()
    if found is None or not found.period:
        raise PermissionDenied("这份记录不归您改。")
    if reason := refusal(by, found.branch, Period.parse(found.period), found, days_open_now()):
        raise PermissionDenied(reason)
    return found


def _kept(by: "User", name: str, content: bytes) -> StoredFile:
    try:
        return keep_file(by=by, name=name, source=ContentFile(content), content_type="image/jpeg")
    except RefusedFile as refused:
        words = "服务器的地方满了，照片没有存下。其他的都可以先交，照片过后再放。"
        raise ValidationError({"photos": words}) from refused


def _note(by: "User", act: str, activity: Activity, count: int) -> None:
    audit.record(
        by=by,
        act=act,
        instance=activity,
        after={"count": count},
        area_path=activity.branch.area_path,
        label=f"{activity.branch} {activity.period}",
    )
