from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import path

from .. import notification_views as views
from .base import ResidentPage


class NotificationsPage(ResidentPage):
    """« Mes notifications » : what is new in the account, the unread first."""

    icon = "bell"
    template = "portal_pages/notifications.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes notifications »")
        verbose_name_plural = _("Pages « Mes notifications »")

    @classmethod
    def badge(cls, space):
        return space.unread_notifications

    @path("")
    def notifications(self, request):
        return views.notification_list(self, request)

    @path("tout-lire/")
    def read_all(self, request):
        return views.read_all(self, request)

    @path("<int:pk>/")
    def open_one(self, request, pk):
        return views.open_one(self, request, pk)
