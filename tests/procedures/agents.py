"""Caseworkers, their departments and their cases, for the tests of the desk."""

import datetime as dt
import html

from django.contrib.auth.models import Group
from django.utils import timezone

from procedures.search import search_text_of
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory

CASEWORKER = "Instructeur"


def caseworker(*departments, **fields):
    """A member of staff who handles the cases of `departments`, not logged in."""
    user = UserFactory(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=CASEWORKER))
    for department in departments:
        department.members.add(user)
    return user


def filed(page, **fields):
    """A case with its search words, as the services keep them."""
    case = CaseFactory(page=page, **fields)
    case.search_text = search_text_of(case)
    case.save(update_fields=["search_text"])
    return case


def days_ago(days):
    return timezone.now() - dt.timedelta(days=days)


def text_of(answer):
    """The words of a page, whatever its spaces."""
    return " ".join(html.unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ").split())
