"""Households, their children, and the papers about them."""

import hashlib
from datetime import date
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.enums import ChildState, FamilyForm, ProfileKind, SchoolLevel
from accounts.models import (
    AuthorisedPickup,
    ChangeRequest,
    Child,
    ConsentType,
    Diet,
    EmergencyContact,
    FamilyFile,
    FamilyQuotient,
    Guardian,
    Guardianship,
    HealthRecord,
)
from documents.enums import FolderKind, RequirementScope, ScanState
from documents.models import DocumentRequirement, FiledDocument, Folder, StoredFile, SupportingDocument

from .accounts import ProfileFactory


class HouseholdFactory(ProfileFactory):
    """A household without members nor children."""

    kind = ProfileKind.HOUSEHOLD
    name = factory.Sequence(lambda n: f"Foyer {n}")


class FamilyFileFactory(DjangoModelFactory):
    class Meta:
        model = FamilyFile

    profile = factory.SubFactory(HouseholdFactory)


class GuardianFactory(DjangoModelFactory):
    class Meta:
        model = Guardian

    profile = factory.SubFactory(HouseholdFactory)
    first_name = "Sacha"
    last_name = factory.Sequence(lambda n: f"Durand {n}")
    relationship = "Mère"
    phone = "02 41 00 00 00"


class ChildFactory(DjangoModelFactory):
    """An active child of 8; `profile` puts it in a household from 2020 on."""

    class Meta:
        model = Child
        skip_postgeneration_save = True

    first_name = factory.Sequence(lambda n: f"Mia {n}")
    last_name = "Durand"
    birth_date = date(2018, 3, 14)
    school = "École des Tilleuls"
    school_level = SchoolLevel.CE2
    state = ChildState.ACTIVE

    @factory.post_generation
    def profile(child, create, profile, **kwargs):
        if profile:
            GuardianshipFactory(child=child, profile=profile)


class GuardianshipFactory(DjangoModelFactory):
    class Meta:
        model = Guardianship

    child = factory.SubFactory(ChildFactory)
    profile = factory.SubFactory(HouseholdFactory)
    started_on = date(2020, 1, 1)


class EmergencyContactFactory(DjangoModelFactory):
    class Meta:
        model = EmergencyContact

    child = factory.SubFactory(ChildFactory)
    first_name = "Josette"
    last_name = "Durand"
    relationship = "Grand-mère"
    phone = "02 41 00 00 01"


class AuthorisedPickupFactory(EmergencyContactFactory):
    class Meta:
        model = AuthorisedPickup


class DietFactory(DjangoModelFactory):
    class Meta:
        model = Diet

    label = factory.Sequence(lambda n: f"Régime {n}")


class HealthRecordFactory(DjangoModelFactory):
    class Meta:
        model = HealthRecord

    child = factory.SubFactory(ChildFactory)


class ConsentTypeFactory(DjangoModelFactory):
    class Meta:
        model = ConsentType

    label = factory.Sequence(lambda n: f"Autorisation {n}")


class FamilyQuotientFactory(DjangoModelFactory):
    """A verified quotient, valid from 2026 to 2027."""

    class Meta:
        model = FamilyQuotient

    profile = factory.SubFactory(HouseholdFactory)
    amount = Decimal("720.00")
    valid_from = date(2026, 1, 1)
    valid_until = date(2027, 12, 31)
    verified_at = factory.LazyFunction(timezone.now)


class ChangeRequestFactory(DjangoModelFactory):
    class Meta:
        model = ChangeRequest

    profile = factory.SubFactory(HouseholdFactory)
    form = FamilyForm.FAMILY


class DocumentRequirementFactory(DjangoModelFactory):
    class Meta:
        model = DocumentRequirement

    name = factory.Sequence(lambda n: f"Pièce {n}")
    scope = RequirementScope.FAMILY


class StoredFileFactory(DjangoModelFactory):
    """A small PDF that was scanned."""

    class Meta:
        model = StoredFile

    profile = factory.SubFactory(HouseholdFactory)
    name = "attestation.pdf"
    content_type = "application/pdf"
    size = 9
    sha256 = hashlib.sha256(b"%PDF-1.7\n").hexdigest()
    scan = ScanState.CLEAN
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7\n", name="attestation.pdf"))


class FiledDocumentFactory(DjangoModelFactory):
    """A document that a resident put in « Autre », or in the folder of `kind`; opened already."""

    class Meta:
        model = FiledDocument

    class Params:
        kind = FolderKind.OTHER

    profile = factory.SubFactory(HouseholdFactory)
    folder = factory.LazyAttribute(lambda document: Folder.objects.get(kind=document.kind))
    title = factory.Sequence(lambda n: f"Document {n}")
    file = factory.SubFactory(
        StoredFileFactory, profile=factory.SelfAttribute("..profile"), filed_at=factory.LazyFunction(timezone.now)
    )
    seen_at = factory.LazyFunction(timezone.now)


class SupportingDocumentFactory(DjangoModelFactory):
    class Meta:
        model = SupportingDocument

    requirement = factory.SubFactory(DocumentRequirementFactory)
    profile = factory.SubFactory(HouseholdFactory)
    file = factory.SubFactory(StoredFileFactory, profile=factory.SelfAttribute("..profile"))
