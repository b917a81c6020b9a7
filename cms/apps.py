from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Site éditorial")

    def ready(self):
        from .signal_handlers import connect

        connect()
