"""A form survives signing in again (elder rule 24).

A view that takes a form is marked ``@survives_sign_in`` and reads its data by ``data_for``; its
template has ``{% keep_form %}`` (from ``{% load drafts %}``) inside the form::

    @survives_sign_in
    def log(request, pk):
        form = LogForm(data_for(request))      # what was sent, or what was kept, or nothing
        if request.method == "POST" and form.is_valid():
            ...

``{% keep_form %}`` signs who opened the form. When it arrives after the session has ended, or with the
token of an earlier session, what was filled in is kept sealed for that user; after he has signed
in the same address shows the form filled. Another user who signs in there gets an empty form.

A view that only takes what another page's form sends is marked ``@survives_on("name-of-the-page")``;
what is kept belongs to that page, whose address has the same arguments.

Where the page that follows an act could not read it again from a record, ``keep_sent`` keeps for it
what was sent; it reads that by ``sent_to``, to say it back and to fill the form again (rules 22, 23).
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from core.access import signed_in
from core.models import BackgroundRun, FormDraft, User
from core.prepared import Prepared
from core.runs import Progress, nightly

OWNER_FIELD = "form_owner"
_SALT = "core.drafts.owner"
_KEPT_FOR = dt.timedelta(hours=24)
_LONGEST = 200_000
_MOST_KEPT = 20  # forms of one user; nobody leaves more open
_MARK = "survives_sign_in"
_PAGE = "form_stands_on"
_JUST_KEPT = "_form_just_kept"
# In a session: something is kept for its user. Without it no form asks, and none costs a query.
_SOMETHING = "kept_forms"
View = TypeVar("View", bound=Callable[..., Any])
_NOT_KEPT = {"csrfmiddlewaretoken", OWNER_FIELD}
_SENT = "sent:"  # no page's address begins so
Fields = Iterable[tuple[str, list[str]]]


def _kept_for(user: User) -> "QuerySet[Any, Any]":
    return FormDraft.objects.visible_to(user).order_by().values_list("pk", flat=True)


_KEPT = Prepared(_kept_for)


def survives_sign_in(view: View) -> View:
    """Mark VIEW: what is sent to it after its session ended is kept for its owner."""
    setattr(view, _MARK, True)
    return view


def survives_on(page: str) -> Callable[[View], View]:
    """Mark a view as ``survives_sign_in`` does; its form stands on the PAGE of that name."""

    def mark(view: View) -> View:
        setattr(view, _PAGE, page)
        return survives_sign_in(view)

    return mark


def page_of(request: HttpRequest) -> str:
    """Return the address of the page on which the form stands that REQUEST shows or sends."""
    match = request.resolver_match
    page = getattr(match.func, _PAGE, "") if match else ""
    return (
        reverse(page, args=[*match.kwargs.values()]) if match and page else request.get_full_path()
    )


def survives(view: Any) -> bool:
    """Say whether a view function, or the class behind it, is marked."""
    return bool(
        getattr(view, _MARK, False) or getattr(getattr(view, "view_class", None), _MARK, False)
    )


def owner_mark(user: User | AnonymousUser) -> str:
    """Return the signed mark of the user who opened a form; empty for nobody."""
    return signing.dumps(user.pk, salt=_SALT) if user.is_authenticated else ""


def keep(request: HttpRequest) -> bool:
    """Keep what was filled in for the user who opened the form; False when that cannot be."""
    owner_id = _owner_id(request)
    if owner_id is None:
        return False
    body, path = _body_of(request.POST.lists()), page_of(request)
    if not body or len(path) > 300 or not User.objects.filter(pk=owner_id).exists():
        return False
    others = FormDraft.objects.filter(owner_id=owner_id).exclude(path=path)
    if others.count() >= _MOST_KEPT:
        return False
    FormDraft.objects.update_or_create(owner_id=owner_id, path=path, defaults={"body": body})
    setattr(request, _JUST_KEPT, True)
    if request.user.is_authenticated:
        request.session[_SOMETHING] = True
    return True


def look_for(request: HttpRequest, user: User) -> None:
    """Note in the new session of USER whether anything is kept for him."""
    if _KEPT.rows(user):
        request.session[_SOMETHING] = True


def just_kept(request: HttpRequest) -> bool:
    """Say whether this very request's form was kept instead of being dealt with."""
    return getattr(request, _JUST_KEPT, False)


def data_for(request: HttpRequest) -> QueryDict | None:
    """Return what a form is to be filled with: what was sent, else what was kept, else nothing."""
    return request.POST if request.method == "POST" else found(request)


def found(request: HttpRequest) -> QueryDict | None:
    """Return what was kept for this user and this page, or None."""
    kept = _kept(request).filter(saved_at__gt=timezone.now() - _KEPT_FOR).first()
    return _filled(kept) if kept else None


def discard(request: HttpRequest) -> None:
    """Forget what was kept for this user and this page: it has been sent."""
    _kept(request).delete()


def own_fields(form: BaseForm) -> Fields:
    """Return what was sent for the fields of FORM, and nothing that came beside them."""
    sent: Any = form.data
    return [(name, sent.getlist(name)) for name in form.fields]


def keep_sent(request: HttpRequest, page: str, fields: Fields) -> None:
    """Keep FIELDS for the PAGE that follows, sealed, until this user sends the next form.

    Nothing is kept of what is longer than any form; the page then does without.
    """
    owner, body = signed_in(request), _body_of(fields)
    mine = FormDraft.objects.visible_to(owner).filter(path__startswith=_SENT)
    if not body:
        mine.delete()
        return
    mine.exclude(path=_SENT + page).delete()
    FormDraft.objects.visible_to(owner).update_or_create(
        owner=owner, path=_SENT + page, defaults={"body": body}
    )
    request.session[_SOMETHING] = True


def sent_to(request: HttpRequest, page: str) -> QueryDict | None:
    """Return what this user sent last, if it led to PAGE."""
    kept = _all_kept(request).filter(path=_SENT + page).first()
    return _filled(kept) if kept else None


@nightly("nightly.sweep_drafts", name="清理没交上的表")
def sweep_drafts(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Remove the forms that nobody came back for."""
    gone, _ = FormDraft.objects.filter(saved_at__lt=timezone.now() - _KEPT_FOR).delete()
    return {"gone": gone}


def _body_of(fields: Fields) -> str:
    """Return FIELDS as they are kept: without passwords, and empty where they are too long."""
    kept = [
        (name, values)
        for name, values in fields
        if name not in _NOT_KEPT and "password" not in name
    ]
    body = json.dumps(kept, ensure_ascii=False)
    return body if len(body) <= _LONGEST else ""


def _kept(request: HttpRequest) -> Any:
    return _all_kept(request).filter(path=page_of(request))


def _all_kept(request: HttpRequest) -> Any:
    if not request.session.get(_SOMETHING):
        return FormDraft.objects.none()
    return FormDraft.objects.visible_to(request.user)


def _filled(kept: FormDraft) -> QueryDict | None:
    try:
        fields = json.loads(kept.body)
    except ValueError:  # sealed with a key that is gone
        return None
    data = QueryDict(mutable=True)
    for name, values in fields:
        data.setlist(name, values)
    return data


def _owner_id(request: HttpRequest) -> int | None:
    mark = request.POST.get(OWNER_FIELD, "")
    try:
        owner_id = signing.loads(mark, salt=_SALT, max_age=_KEPT_FOR)
    except signing.BadSignature:
        return None
    return owner_id if isinstance(owner_id, int) else None
