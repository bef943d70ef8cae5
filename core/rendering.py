"""How forms are drawn on the elder pages: a label above, a hint, the error beside its field."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.forms import FileInput, TextInput
from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class ElderFormRenderer(TemplatesSetting):
    """Draw every field with components/field.html; the admin draws its own rows and is not touched."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class FileDrop(FileInput):
    """A file field as one large button; its words are ours, not the browser's (often English).

    NOUN is what is chosen, in a word.
    """

    template_name = "components/file_drop.html"

    def __init__(
        self, words: str = "选文件", symbol: str = "upload", attrs: Any = None, noun: str = "文件"
    ) -> None:
        super().__init__(attrs)
        self.words = words
        self.symbol = symbol
        self.noun = noun

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Tell the template the words and the sign."""
        return super().get_context(name, value, attrs) | {
            "words": self.words,
            "symbol": self.symbol,
        }


class OneTimeInput(TextInput):
    """A field for a code that is good once: shown again it is empty, as a password's is."""

    def format_value(self, value: Any) -> None:
        """Show nothing of what was sent."""


def rows_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> SafeString:
    """Draw ROWS under their HEADS; on a phone each becomes a card with the heads as words beside its values."""
    first, *rest = heads
    cells = ((row[0], _cells(rest, row[1:])) for row in rows)
    return format_html(
        '<table class="stack"><thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table>',
        first,
        format_html_join("", '<th scope="col">{}</th>', ((head,) for head in rest)),
        format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', cells),
    )


def _cells(heads: Iterable[str], values: Iterable[Any]) -> SafeString:
    return format_html_join("", '<td data-word="{}">{}</td>', zip(heads, values, strict=True))
