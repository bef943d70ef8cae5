"""Acts on one row in the admin: each a page that says what will happen, a form, one button."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache

from core.access import signed_in
from core.drafts import data_for, discard, survives_sign_in
from core.forms import ActForm, add_refusal
from core.impersonation import closed
from core.models import User

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Admin
else:
    _Admin = object

Outcome = str | HttpResponse


@dataclass(frozen=True)
class Act:
    """One act: its address, words, verb, form, and what it does.

    ``run`` takes request, row and cleaned input and returns the sentence to show, or a page.
    ``fits`` tells whether the act makes sense for a row as it stands.
    ``beforehand`` gives sentences to know before, each with an address to go to (or none).
    ``obstacles`` gives likewise what must be done first: while there are any, no form is offered.
    ``is_private``: its page stays closed to who only views somebody's pages.
    ``wording`` gives title, button and explanation where they are other ones for a row.
    """

    key: str
    title: str
    button: str
    explain: str
    verb: str
    form: type[ActForm]
    run: Callable[[HttpRequest, Any, dict[str, Any]], Outcome]
    fits: Callable[[Any], bool] = lambda row: True
    beforehand: Callable[[Any], Iterable[tuple[str, str]]] = lambda row: ()
    obstacles: Callable[[Any], Iterable[tuple[str, str]]] = lambda row: ()
    wording: Callable[[Any], dict[str, str]] = lambda row: {}
    is_private: bool = False

    def worded(self, row: Any) -> "Act":
        """Return the act in the words that ROW wants."""
        changes: Any = self.wording(row)
        return replace(self, **changes)


def tools_for(acts: Iterable[Act], prefix: str, row: Any, user: User) -> list[tuple[str, str]]:
    """Return title and address of the ACTS that fit ROW and that USER has the verb for."""
    return [
        (act.worded(row).title, reverse(f"admin:{prefix}-{act.key}", args=[row.pk]))
        for act in acts
        if user.has_perm(act.verb) and act.fits(row)
    ]


class ActPages(_Admin):
    """Adds the pages of acts to a model admin, named ``prefix-key``."""

    acts: tuple[Act, ...] = ()
    prefix = ""

    def get_urls(self) -> list[Any]:
        """Return the acts' addresses before the admin's own."""
        own = [
            path(
                f"<int:pk>/{act.key}/",
                self.admin_site.admin_view(never_cache(self._page(act))),
                name=f"{self.prefix}-{act.key}",
            )
            for act in self.acts
        ]
        return own + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Offer the acts that fit the row."""
        row = context.get("original")
        if row is not None and self.may_act_on(request, row):
            context["tools"] = tools_for(self.acts, self.prefix, row, signed_in(request))
        return super().render_change_form(request, context, *args, **options)

    def may_act_on(self, request: HttpRequest, row: Any) -> bool:
        """Say whether ROW is the reader's to act on; here whatever he sees."""
        return True

    def row_to_act_on(self, request: HttpRequest, pk: int) -> Any:
        """Return the row with PK that the reader may act on, or 404."""
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _page(self, act: Act) -> Callable[..., HttpResponse]:
        @survives_sign_in
        def page(request: HttpRequest, pk: int) -> HttpResponse:
            return self._act(request, act, pk)

        return closed(page) if act.is_private else page

    def _act(self, request: HttpRequest, act: Act, pk: int) -> HttpResponse:
        user = signed_in(request)
        if not user.has_perm(act.verb):
            raise PermissionDenied("您的账号不办理这项工作。")
        row = self.row_to_act_on(request, pk)
        act = act.worded(row)
        form = act.form(data_for(request), user=user, row=row)
        if request.method == "POST" and form.is_valid():
            outcome = self._run(request, act, row, form)
            if outcome is not None:
                discard(request)
                return outcome
        context = self.admin_site.each_context(request) | {
            "act": act,
            "form": form,
            "opts": self.opts,
            "original": row,
            "title": f"{act.title}：{row}",
            "back": self._back(request, row),
            "beforehand": act.beforehand(row),
            "obstacles": list(act.obstacles(row)),
        }
        return render(request, "admin/act.html", context)

    def _run(self, request: HttpRequest, act: Act, row: Any, form: ActForm) -> HttpResponse | None:
        """Do it; None when it was refused, with the sentences in FORM."""
        try:
            outcome = act.run(request, row, form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
            return None
        except ObjectDoesNotExist:
            raise Http404("没有找到这条记录。") from None
        if isinstance(outcome, HttpResponse):
            return outcome
        messages.success(request, outcome)
        return redirect(self._back(request, row))

    def _back(self, request: HttpRequest, row: Any) -> str:
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
