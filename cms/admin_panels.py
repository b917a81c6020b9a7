"""What the back office's home shows to those who edit the public site."""

from django.contrib.admin.utils import quote
from django.urls import reverse
from wagtail.admin.ui.components import Component
from wagtail.models import Site

from .models import AlertBanner, HomePage, NewsIndexPage, NewsPage, OpeningHours


class PublicSitePanel(Component):
    """The alerts shown now, and the everyday gestures: À la Une, an article, an alert, the hours."""

    name = "public_site"
    template_name = "cms/admin/public_site_panel.html"
    order = 50

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        site = Site.find_for_request(self.request)
        home = HomePage.objects.filter(pk=site.root_page_id).first() if site else None
        index = NewsIndexPage.objects.live().first()
        edit = AlertBanner.snippet_viewset.get_url_name("edit")
        alerts = AlertBanner.objects.current().by_gravity()
        context["alerts"] = [(alert, reverse(edit, args=[quote(alert.pk)])) for alert in alerts]
        context["actions"] = [
            {"label": label, "icon": icon, "url": url}
            for label, icon, url in (
                ("Démarches à la Une", "pick", home and reverse("wagtailadmin_pages:edit", args=[home.pk])),
                (
                    "Écrire une actualité",
                    "edit",
                    index and reverse("wagtailadmin_pages:add", args=["cms", NewsPage._meta.model_name, index.pk]),
                ),
                ("Publier une alerte", "warning", reverse(AlertBanner.snippet_viewset.get_url_name("add"))),
                ("Horaires et fermetures", "time", reverse(OpeningHours.snippet_viewset.get_url_name("list"))),
            )
            if url
        ]
        return context
