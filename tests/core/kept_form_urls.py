"""The portal with one more page: a form that survives signing in again."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path

from core.drafts import data_for, survives_sign_in


class TopicForm(forms.Form):
    """A topic, people, a password and a photo."""

    topic = forms.CharField(max_length=20)
    here = forms.MultipleChoiceField(choices=[("1", "甲"), ("2", "乙")], required=False)
    secret_password = forms.CharField(required=False)


PAGE = """{% load drafts %}<form method="post">{% csrf_token %}{% keep_form %}{{ form }}</form>"""


@survives_sign_in
def log(request: HttpRequest) -> HttpResponse:
    """Take the form; a good one ends in a redirect."""
    form = TopicForm(data_for(request))
    if request.method == "POST" and form.is_valid():
        return redirect("/done/")
    return HttpResponse(engines["django"].from_string(PAGE).render({"form": form}, request))


urlpatterns = [path("log/", log), path("", include("portal.urls"))]
handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
