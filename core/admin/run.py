"""One's own background runs."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import runs
from core.admin.base import ReadOnlyAdmin
from core.models import BackgroundRun


@admin.register(BackgroundRun)
class BackgroundRunAdmin(ReadOnlyAdmin):
    """What runs or ran, how far, how it ended."""

    tells_history = False
    list_display = ("work", "ending", "progress", "why", "created_at", "finished_at", "page")
    list_select_related = ("by",)  # whose page it leads to, where it did not do what was asked
    list_filter = ("state",)
    linked_lookups = frozenset({"finished_at__gte"})  # the front page's number of the last week
    sortable_by = ()
    fields = (
        *("work", "ending", "progress", "why", "created_at", "started_at", "finished_at"),
        "page",
    )
    readonly_fields = fields

    @admin.display(description="工作")
    def work(self, run: BackgroundRun) -> str:
        """Name the work as users know it."""
        return runs.title_of(run)

    @admin.display(description="状态")
    def ending(self, run: BackgroundRun) -> str:
        """Say how far it is, or that it ended without doing what was asked."""
        verdict = runs.verdict_of(run)
        return verdict.word if verdict else run.get_state_display()

    @admin.display(description="进度")
    def progress(self, run: BackgroundRun) -> str:
        """Say how many rows are done, and how long the rest takes."""
        return "，".join(filter(None, [run.rows_done, run.time_left])) or "—"

    @admin.display(description="原因")
    def why(self, run: BackgroundRun) -> str:
        """Say what kept it from doing what was asked, with the way to the page that tells more."""
        verdict = runs.verdict_of(run)
        if verdict is None:
            return run.error or "—"
        return format_html('<a href="{}">{}</a>', runs.page_of(run), verdict.why)

    @admin.display(description="页面")
    def page(self, run: BackgroundRun) -> SafeString:
        """Lead to the page with the bar and the buttons."""
        return format_html('<a href="{}">打开</a>', reverse("run", args=[run.pk]))
