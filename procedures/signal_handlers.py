"""A procedure that is published, however it is, freezes its form."""

from django.dispatch import receiver
from wagtail.signals import page_published

from .models import ProcedurePage
from .services.publishing import record_publication


@receiver(page_published, sender=ProcedurePage, dispatch_uid="procedures.freeze")
def freeze_published(sender, instance, revision=None, **kwargs):
    """Make the version of what was published, in the name of who wrote the revision."""
    record_publication(instance, by=revision.user if revision else None)
