"""Procedures that can be filed, and cases in any state: written directly, without the services."""

import json

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Department
from procedures.enums import CaseState
from procedures.models import AppointmentKind, Case, LetterTemplate
from procedures.services.versions import freeze
from procedures.statuses import first_of

from .accounts import ProfileFactory
from .procedures import ProcedurePageFactory


def field(kind, label, **values):
    """Return one field of a form as the StreamField keeps it."""
    return {"type": kind, "value": {"label": label, "required": True, **values}}


def step(title, *fields, **values):
    """Return one step of a form as the StreamField keeps it."""
    return {"type": "step", "value": {"title": title, "fields": list(fields), **values}}


def condition(key, value="", operator="is"):
    """Return `condition=` of a field or a step: shown only if the answer `key` is `value`."""
    return {"rules": [{"field": key, "operator": operator, "value": value}], "any_of": False}


FORM = [
    step(
        "Votre demande",
        field("short_text", "Objet", key="objet"),
        field("yes_no", "Est-ce urgent ?", key="urgent"),
        field("long_text", "Pourquoi", key="pourquoi", condition=condition("urgent", "yes")),
    ),
    step("Vos pièces", field("files", "Photo", key="photo", required=False, maximum="3")),
]


class DepartmentFactory(DjangoModelFactory):
    """A team; `members` are staff users."""

    class Meta:
        model = Department
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Service {n}")

    @factory.post_generation
    def members(self, create, users, **kwargs):
        if create and users:
            self.members.set(users)


class OnlineProcedureFactory(ProcedurePageFactory):
    """A procedure with a form (`form`: a list of `step(…)`), published and frozen in a version."""

    department = factory.SubFactory(DepartmentFactory)
    form = FORM

    @classmethod
    def _create(cls, model_class, *args, **fields):
        for name in ("form", "statuses", "routing", "inputs"):
            if name in fields:
                fields[name] = json.dumps(fields[name], default=str)
        page = super()._create(model_class, *args, **fields)
        freeze(page)
        return page


class CaseFactory(DjangoModelFactory):
    """A filed case in `state` (RECEIVED unless told); `state=CaseState.DRAFT` makes a draft without a number."""

    class Meta:
        model = Case

    page = factory.SubFactory(OnlineProcedureFactory)
    profile = factory.SubFactory(ProfileFactory)
    state = CaseState.RECEIVED
    answers = factory.LazyFunction(lambda: {"objet": "Un banc cassé", "urgent": "no"})
    version = factory.LazyAttribute(lambda case: freeze(case.page))
    department = factory.LazyAttribute(lambda case: case.page.department)
    number = factory.LazyAttributeSequence(
        lambda case, n: None if case.state == CaseState.DRAFT else f"DOS2026-{n:06d}"
    )
    filed_at = factory.LazyAttribute(lambda case: None if case.state == CaseState.DRAFT else timezone.now())
    applicant = factory.LazyAttribute(lambda case: case.profile.name if case.profile else "Sans compte")
    email = "demandeur@example.test"

    @classmethod
    def _create(cls, model_class, *args, **fields):
        if fields["state"] != CaseState.DRAFT:
            status = first_of(fields["version"].statuses, fields["state"])
            fields = {
                "status": status.key,
                "status_label": status.label,
                "status_tone": status.tone,
                **fields,
            }
        return super()._create(model_class, *args, **fields)


class LetterTemplateFactory(DjangoModelFactory):
    class Meta:
        model = LetterTemplate

    name = factory.Sequence(lambda n: f"Courrier {n}")
    title = "Votre dossier {numero}"
    body = "Bonjour {demandeur},\n\nNous avons bien étudié votre dossier."


class AppointmentKindFactory(DjangoModelFactory):
    """An appointment of 30 minutes; its ranges are added by the test."""

    class Meta:
        model = AppointmentKind

    name = factory.Sequence(lambda n: f"Rendez-vous {n}")
    department = factory.SubFactory(DepartmentFactory)
    place = "4 place du Lavoir"
