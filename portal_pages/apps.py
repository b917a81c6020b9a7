from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalPagesConfig(AppConfig):
    name = "portal_pages"
    verbose_name = _("Espace des usagers")

    def ready(self):
        from . import document_uses  # noqa: F401 - says what of the cases depends on a file
