"""« Ce qui vous attend », on the first page of the back office."""

import datetime as dt
import html

import pytest
from django.urls import reverse
from django.utils import timezone

from imports.enums import BatchState
from imports.models import ImportBatch
from tests.factories.accounts import MembershipFactory
from water.models import CodeBatch, CodeRequest

pytestmark = pytest.mark.django_db
TITLE = "Ce qui vous attend"


def home(client):
    page = html.unescape(client.get(reverse("wagtailadmin_home")).content.decode())
    return " ".join(page.replace("\u00a0", " ").split())


def waiting(label, count):
    return f'<span>{label}</span> <b class="office-count">{count}</b>'


def batch(by, state, **fields):
    return ImportBatch.objects.create(
        kind="readings", original_name="a.csv", sha256="0" * 64, created_by=by, state=state, **fields
    )


def test_the_data_clerk_sees_imports_codes_and_requests_with_their_age(staff, client):
    clerk = staff("Gestionnaire de données")
    assert TITLE not in home(client)
    checked = batch(clerk, BatchState.CHECKED)
    for _ in range(2):
        batch(clerk, BatchState.FAILED, error="Arrêt", failed_in="checking")
    batch(clerk, BatchState.ABANDONED)
    CodeBatch.objects.create(issued_by=clerk, ready_at=timezone.now(), total=1, count=1)
    member = MembershipFactory()
    asked = CodeRequest.objects.create(
        profile=member.profile, requested_by=member.user, email="a@example.test", reference="00004512"
    )
    CodeBatch.objects.create(issued_by=member.user, ready_at=timezone.now(), total=1, count=1)
    CodeRequest.objects.filter(pk=asked.pk).update(created_at=timezone.now() - dt.timedelta(days=3, hours=2))
    page = home(client)
    assert TITLE in page
    for line in [
        f'href="{reverse("imports:batch", args=[checked.pk])}">{waiting("Imports contrôlés, à vérifier", 1)}',
        f'href="{reverse("imports:index")}">{waiting("Imports interrompus", 2)}',
        waiting("Lots de codes à exporter", 1),
        f"{waiting('Demandes de code d’activation', 1)} <span>depuis 3 jours</span>",
    ]:
        assert line in page, line


def test_without_a_right_nothing_waits(staff, client):
    batch(staff("Gestionnaire de données"), BatchState.CHECKED)
    client.logout()
    staff("Communication")
    assert TITLE not in home(client)


def test_titles_name_the_portal_and_nobody_searches_pages_without_a_right(staff, client):
    staff("Régisseur")
    page = home(client)
    assert "Portail des habitants</title>" in page and "Wagtail</title>" not in page
    assert 'role="search"' not in page
    client.logout()
    staff("Communication")
    assert 'role="search"' in home(client)
