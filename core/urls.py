"""Addresses that belong to no room."""

from django.urls import path

from core import views

urlpatterns = [
    path("signin/", views.SignInView.as_view(), name="sign-in"),
    path("signout/", views.SignOutView.as_view(), name="sign-out"),
    path("second-factor/", views.SecondFactorView.as_view(), name="second-factor"),
    path("second-factor/new/", views.NewFactorView.as_view(), name="second-factor-set-up"),
    path("password/", views.PasswordView.as_view(), name="password"),
    path("password/done/", views.PasswordDoneView.as_view(), name="password-done"),
    path("impersonation/end/", views.EndImpersonationView.as_view(), name="impersonation-end"),
    path("text-size/", views.set_text_size, name="text-size"),
    path("runs/", views.run_list, name="runs"),
    path("runs/<int:pk>/", views.run_detail, name="run"),
    path("runs/<int:pk>/state/", views.run_state, name="run-state"),
    path("runs/<int:pk>/cancel/", views.cancel_run, name="run-cancel"),
    path("runs/<int:pk>/retry/", views.retry_run, name="run-retry"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_notices, name="notices-read"),
    path("notices/<int:pk>/open/", views.open_notice, name="notice-open"),
    path("files/<uuid:pk>/", views.download, name="file"),
]
