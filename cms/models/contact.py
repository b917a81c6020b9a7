"""The contact page: how to reach the services, and whether they answer now."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Orderable

from ..blocks import BodyBlock
from .base import EditorialPage
from .hours import ContactPoint, OpeningHours, PublicHoliday


class ContactPage(EditorialPage):
    """One block for each service, with desk and telephone hours apart (s0.16)."""

    question_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("page pour poser une question"),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenu"))

    kind = _("Contact")
    template = "cms/contact_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = []
    searched_fields = ("body",)

    content_panels = [
        *EditorialPage.content_panels,
        InlinePanel("contacts", heading=_("Services à joindre"), label=_("service"), min_num=1),
        FieldPanel("question_page"),
        FieldPanel("body"),
    ]
    api_fields = [*EditorialPage.api_fields, APIField("body")]

    class Meta:
        verbose_name = _("page de contact")
        verbose_name_plural = _("pages de contact")

    def get_cards(self, now=None):
        """Return `[(contact point, hours cards)]` in the editors' order; a fixed number of queries."""
        contacts = [line.contact for line in self.contacts.select_related("contact")]
        pks = {pk for contact in contacts for pk in (contact.desk_hours_id, contact.telephone_hours_id) if pk}
        found = OpeningHours.objects.filter(pk__in=pks).prefetch_related("ranges", "exceptional_dates").in_bulk()
        holidays = list(PublicHoliday.objects.values_list("date", "name"))
        return [
            (
                contact,
                [
                    found[pk].card(now, holidays)
                    for pk in (contact.desk_hours_id, contact.telephone_hours_id)
                    if pk in found
                ],
            )
            for contact in contacts
        ]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["contacts"] = self.get_cards()
        page = self.question_page
        context["question_url"] = page.get_url(request) if page is not None and page.live else ""
        return context


class ContactLine(Orderable):
    """One service of the contact page."""

    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="contacts")
    contact = models.ForeignKey(ContactPoint, models.CASCADE, related_name="+", verbose_name=_("coordonnées"))

    panels = [FieldPanel("contact")]

    class Meta(Orderable.Meta):
        verbose_name = _("service à joindre")
        verbose_name_plural = _("services à joindre")

    def __str__(self):
        return str(self.contact)
