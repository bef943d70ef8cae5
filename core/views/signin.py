"""Signing in and out, changing the password."""

from django.contrib.auth import views

from core.forms import SignInForm


class SignInView(views.LoginView):
    """Sign in by telephone or member number."""

    form_class = SignInForm
    redirect_authenticated_user = True


class SignOutView(views.LogoutView):
    """Sign out (POST) and say so."""

    template_name = "registration/logged_out.html"
    next_page = None


class PasswordView(views.PasswordChangeView):
    """Change one's own password."""
