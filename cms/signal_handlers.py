"""What forgets the kept parts of the pages when something they are made of changes."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from theme.kept import forget
from theme.models import BrandingSettings

from .models import (
    AccessibilityPage,
    AlertBanner,
    ContactPoint,
    FooterMenu,
    HeaderMenu,
    OpeningHours,
    OpeningRange,
    PublicHoliday,
)

SOURCES = [
    AccessibilityPage,
    AlertBanner,
    BrandingSettings,
    ContactPoint,
    FooterMenu,
    HeaderMenu,
    OpeningHours,
    OpeningRange,
    PublicHoliday,
    Site,
]
PAGE_SIGNALS = [page_published, page_unpublished, page_slug_changed, post_page_move]


def forget_parts(sender, **kwargs):
    """Forget at once for this transaction, and again when it is committed: another request may have read in between."""
    forget()
    transaction.on_commit(forget)


def connect():
    """Connect the handlers; called when the application is ready."""
    for model in SOURCES:
        for signal in (post_save, post_delete):
            signal.connect(forget_parts, sender=model, dispatch_uid=f"cms.kept.{model.__name__}")
    for signal in PAGE_SIGNALS:
        signal.connect(forget_parts, dispatch_uid="cms.kept")
