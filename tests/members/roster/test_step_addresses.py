"""The addresses to which the steps of a roster are sent, opened like a page."""

import pytest
from django.urls import reverse

from members.models import RosterBatch
from tests.members.roster.conftest import number
from tests.members.roster.test_pages import HEADING, checked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "step", ["columns", "decide", "keep", "heading", "branches", "confirm", "again"]
)
def test_the_address_of_a_step_leads_to_the_page(
    client_for, bureau_staff, outsider, secretary, branch, step
):
    """A refused form stands there: who opens it again is not met by an empty page."""
    office = client_for(bureau_staff)
    batch = checked(office, HEADING + f"张建国,{number(1)},QL0001,,\n")
    here = reverse(f"admin:roster-{step}", args=[batch.pk])
    assert "张建国" in office.get(here, follow=True).text
    assert client_for(outsider).get(here).status_code == 404
    RosterBatch.objects.update(by=secretary, branch=branch)
    of_the_branch = reverse(f"members:batch-{step}", args=[batch.pk])
    shown = client_for(secretary).get(of_the_branch)
    assert shown["Location"] == reverse("members:batch", args=[batch.pk])
    assert office.get(of_the_branch).status_code == 404  # it is somebody else's there
