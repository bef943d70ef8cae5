"""What the tests are told of rendered templates: the pages themselves, with their contexts.

Django's test environment tells of every template, those that pages extend and include and one for
each widget too, and the test client copies the context each time: thirty copies for a page with a
form, of which tests read the page's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.template import Template
from django.test.signals import template_rendered

# Of fields and widgets, each rendered as a template of its own.
_PARTS = ("django/forms/", "components/")


@contextmanager
def pages_alone() -> Iterator[None]:
    """Tell of pages alone; inside Django's test environment."""
    usual = Template._render  # type: ignore[attr-defined]  # what the test environment itself replaces
    Template._render = _render  # type: ignore[attr-defined]  # as above
    try:
        yield
    finally:
        Template._render = usual  # type: ignore[attr-defined]  # as above


def _render(self: Template, context: Any) -> Any:
    """Render; tell of what is not part of another template."""
    if context.template is self and not str(self.name).startswith(_PARTS):
        template_rendered.send(sender=self, template=self, context=context)
    return self.nodelist.render(context)
