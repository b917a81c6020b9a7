"""What forgets the kept menu and footer when something they are made of changes."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from .models import AccessibilityPage, ContactPoint, FooterMenu, HeaderMenu, OpeningHours, OpeningRange
from .site_parts import forget

SOURCES = [AccessibilityPage, ContactPoint, FooterMenu, HeaderMenu, OpeningHours, OpeningRange, Site]
PAGE_SIGNALS = [page_published, page_unpublished, page_slug_changed, post_page_move]


def forget_parts(sender, **kwargs):
    """Forget at once for this transaction, and again when it is committed: another request may have read in between."""
    forget()
    transaction.on_commit(forget)


def connect():
    """Connect the handlers; called when the application is ready."""
    for model in SOURCES:
        for signal in (post_save, post_delete):
            signal.connect(forget_parts, sender=model, dispatch_uid=f"cms.site_parts.{model.__name__}")
    for signal in PAGE_SIGNALS:
        signal.connect(forget_parts, dispatch_uid="cms.site_parts")
