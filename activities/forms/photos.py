"""Photos sent with a form: each read and made small, or told by its place in the row why not."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.pictures import NotAPhoto, Picture, TooManyPoints, read_picture
from core.rendering import FileDrop
from core.uploads import refuse_too_large

MEGABYTE = 1_000_000


class PhotoDrop(FileDrop):
    """One button for several photos."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        attrs = {"accept": "image/jpeg,image/png,image/webp", "multiple": True}
        super().__init__("拍照或选照片", "photo", attrs=attrs, noun="照片")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Return every file of the field."""
        return files.getlist(name) if hasattr(files, "getlist") else []


class PhotosField(forms.FileField):
    """Any number of photos up to MOST, each up to MAX_MB megabytes; cleans to Pictures."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=PhotoDrop, validators=[refuse_too_large], **options)
        self.most: int | None = None
        self.max_mb: int | None = None

    def limit(self, most: Any, max_mb: Any) -> None:
        """Set the limits of the area, and say them."""
        self.most = most if isinstance(most, int) else None
        self.max_mb = max_mb if isinstance(max_mb, int) else None
        number = f"最多{self.most}张，" if self.most else ""
        size = _size_words(self.max_mb) if self.max_mb else ""
        self.help_text = format_html("没有就不放。{}{}拍摄的地点会自动去掉。", number, size)

    def clean(self, data: Any, initial: Any = None) -> list[Picture]:  # type: ignore[override]  # a list
        """Read every photo."""
        if self.most is not None and len(data) > self.most:
            raise ValidationError(f"最多放{self.most}张，您选了{len(data)}张。请少选几张。")
        return [self._read(upload, place) for place, upload in enumerate(data, start=1)]

    def _read(self, upload: Any, place: int) -> Picture:
        if self.max_mb is not None and upload.size > self.max_mb * MEGABYTE:
            raise ValidationError(
                f"第{place}张超过{self.max_mb}兆，太大了。请换一张，或者裁小一点再放。"
            )
        self.run_validators(upload)
        try:
            return read_picture(upload)
        except NotAPhoto:
            words = f"第{place}张不是照片，或者坏了，打不开。请换一张手机拍的照片。"
        except TooManyPoints:
            words = f"第{place}张的尺寸太大，打不开。请换一张手机拍的照片。"
        raise ValidationError(words)


def _size_words(most: int) -> SafeString:
    """Return how large a photo may be; the number stays beside its measure."""
    return format_html('每张不超过<span class="nb">{}兆</span>。', most)
