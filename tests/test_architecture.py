"""Row scope has one place: outside the querysets and actions every question begins with it (house §3).

The check reads the source: in pages, forms, admins, sheets, tasks, the front page's tiles, commands
done ``--by`` somebody and whatever else takes a request or makes an answer, what follows ``.objects``
must be one of the scoped openings. Unscoped reference tables and the few exceptions stand below,
each with its reason.
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.urls import get_resolver

from branches.scoping import ScopedAdminMixin, ScopedForm
from core.querysets import ScopedQuerySet
from core.resources import VisibleResource
from tests.test_project import ROOT, own_python_files

pytestmark = pytest.mark.once

OUTER = {"views", "forms", "admin", "resources", "tasks", "urls", "workbench"}
OF_A_REQUEST = {"HttpRequest", "HttpResponse"}
OF_SOMEBODY = '"--by"'
OPENINGS = {"visible_to", "editable_by", "choosable_by", "grantable_by", "none"}
NARROWERS = {"get_visible_or_404", "get_editable_or_404", "choices_for"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}

# Tables of words and thresholds: no row of them belongs to anybody.
REFERENCE = {"Code", "Kind", "RuleParameter", "Region", "Group"}

EXCEPTIONS = {
    "activities/views/me.py:_posts": "titles of the people named on a row in hand",
    "branches/forms.py:AppointmentForm.clean_login": "one account, by exactly what its owner types",
    "core/admin/base.py:TableAdmin.save_model": "the row in hand as it stands, for the trail",
    "core/admin/user.py:AccountForm.clean_username": "whether a sign-in name is free",
    "core/admin/user.py:AccountForm.clean_phone": "whether a telephone is free",
    "branches/forms.py:SearchedField.__init__": "narrowed by the ScopedForm that holds it",
    "branches/scoping.py:_scoped": "both callers ask on with visible_to or editable_by",
    "core/drafts.py:keep": "of the one whose signed mark the form bears; he is signed out",
    "core/drafts.py:sweep_drafts": "the nightly sweep, for nobody",
    "core/exports.py:may_fetch": "the asker's own run; it takes away from what he sees",
    "core/exports.py:take_out": "the file of the run in hand, which its owner has just made",
    "core/impersonation.py:_users": "the two accounts that the session names",
    "core/signin.py:_key_of": "one account, by exactly what is typed; nobody is signed in yet",
    "core/signin.py:give_back_try": "a counter of attempts",
    "core/signin.py:sweep_sign_in": "the nightly sweep, for nobody",
    "core/signin.py:user_of": "for the trail: whose sign-in failed",
    "portal/health.py:_runs": "whether any run waits; one word comes out",
}


def outer_files() -> Iterator[Path]:
    """Yield the modules in which people's input and pages are."""
    for path in own_python_files():
        parts = path.relative_to(ROOT).with_suffix("").parts
        source = path.read_text("utf-8")
        if OUTER & set(parts) or OF_SOMEBODY in source or of_a_request(ast.parse(source)):
            yield path


def of_a_request(tree: ast.AST) -> bool:
    """Return whether a module takes requests or makes answers."""
    return any(
        isinstance(node, ast.ImportFrom) and OF_A_REQUEST & {each.name for each in node.names}
        for node in ast.walk(tree)
    )


def test_what_takes_people_s_input_is_read_wherever_it_lies() -> None:
    read = {str(path.relative_to(ROOT)) for path in outer_files()}
    assert {
        "core/exchange.py",
        "core/exports.py",
        "members/management/commands/import_roster.py",
        "members/management/sheets.py",
        "members/roster/preview_page.py",
        "members/roster/steps.py",
        "members/workbench.py",
    } <= read
    assert not [name for name in read if name.partition("/")[2].startswith(("actions", "rules"))]


def openings(tree: ast.AST) -> Iterator[tuple[str, int, str]]:
    """Yield (function, line, expression) of every question that begins unscoped."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr in MANAGERS):
            continue
        if ast.unparse(node.value).split(".")[-1] in REFERENCE:
            continue
        following = parents[node]
        if isinstance(following, ast.Attribute) and following.attr in OPENINGS:
            continue
        if not narrowed(node, parents):
            yield function_of(node, parents), node.lineno, ast.unparse(following)


def narrowed(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Return whether NODE stands inside an argument that is narrowed by what it is given to."""
    while (above := parents.get(node)) is not None:
        if isinstance(above, ast.Call) and node is not above.func:
            name = ast.unparse(above.func).split(".")[-1]
            # A field of rows is narrowed by its ScopedForm, which is checked below.
            return name in NARROWERS or name.endswith("ModelChoiceField")
        if isinstance(above, ast.stmt):
            return False
        node = above
    return False


def function_of(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    """Return the dotted name of the class and function around NODE."""
    names: list[str] = []
    while (node := parents.get(node)) is not None:  # type: ignore[assignment]  # ends at the module
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.insert(0, node.name)
    return ".".join(names)


def test_every_question_of_the_outer_modules_begins_with_its_rows() -> None:
    found: dict[str, str] = {}
    for path in outer_files():
        name = str(path.relative_to(ROOT))
        for function, line, expression in openings(ast.parse(path.read_text(encoding="utf-8"))):
            found[f"{name}:{function}"] = f"{name}:{line} {expression}"
    assert [words for place, words in found.items() if place not in EXCEPTIONS] == []
    assert sorted(EXCEPTIONS.keys() - found.keys()) == []  # no exception outlives its reason


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("Member.objects.filter(pk=1)", 1),
        ("Member._default_manager.all()", 1),
        ("rows = Member.objects", 1),
        ("Member.objects.visible_to(user).filter(pk=1)", 0),
        ("get_visible_or_404(Member.objects.select_related('branch'), user, pk=1)", 0),
        ("print(Member.objects.filter(pk=1))", 1),
        ("Kind.objects.get(key=1)", 0),
        ("models.Kind.objects.get(key=1)", 0),
    ],
)
def test_the_check_finds_what_it_looks_for(source: str, count: int) -> None:
    assert len(list(openings(ast.parse(source)))) == count


def scoped_models() -> list[type]:
    """Return the models whose rows belong to somebody."""
    return [
        model
        for model in apps.get_models()
        if isinstance(model._default_manager.all(), ScopedQuerySet)
    ]


def test_every_noun_of_the_rooms_says_whose_its_rows_are() -> None:
    rooms = {"core", "branches", "members", "activities", "services"}
    unscoped = {
        model.__name__
        for model in set(apps.get_models()) - set(scoped_models())
        if model._meta.app_label in rooms
    }
    assert sorted(unscoped - REFERENCE - OF_NO_READER.keys()) == []


# Rows that no page shows by themselves.
OF_NO_READER = {
    "Allowance": "a counter of attempts",
    "AuditSeal": "the proof of the trail",
    "Authenticator": "asked of its owner when he signs in",
    "BranchChange": "read through its branch",
    "KeyWitness": "the proof of the key file",
    "RosterChange": "read through its member",
    "RosterChunk": "read through its batch",
    "RosterHeading": "read through the columns of a batch",
    "RosterRow": "read through its batch",
    "RosterTried": "counted by the next check",
    "SpareCode": "a digest, read through its authenticator",
    "User": "read by system administrators and by the row that names him",
}


def test_registers_in_the_admin_show_only_visible_rows() -> None:
    for model, model_admin in admin.site._registry.items():
        if model in scoped_models():
            own = inspect.getsource(type(model_admin).get_queryset)
            assert isinstance(model_admin, ScopedAdminMixin) or ".visible_to(" in own, model


def test_forms_that_offer_rows_narrow_them() -> None:
    get_resolver().url_patterns  # noqa: B018 -- loads every module of pages and forms
    by_admin = {
        type(model_admin).form
        for model_admin in admin.site._registry.values()
        if isinstance(model_admin, ScopedAdminMixin)
    }
    loose = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in set(all_subclasses(forms.BaseForm)) - by_admin
        if form.__module__.split(".")[0] in {"activities", "branches", "core", "members", "portal"}
        for name, field in form.base_fields.items()
        if isinstance(field, forms.ModelChoiceField)
        and isinstance(field.queryset, ScopedQuerySet)
        and not issubclass(form, ScopedForm)
    ]
    assert loose == []


def test_sheets_know_their_reader() -> None:
    sheets = [
        resource
        for model_admin in admin.site._registry.values()
        for resource in getattr(model_admin, "resource_classes", None) or []
    ]
    assert sheets
    assert [sheet for sheet in sheets if not issubclass(sheet, VisibleResource)] == []


def all_subclasses(base: Any) -> Iterator[Any]:
    """Yield every class below BASE."""
    for below in base.__subclasses__():
        yield below
        yield from all_subclasses(below)
