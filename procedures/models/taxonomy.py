"""How residents find a procedure: by theme (what it is about), by situation (what happens to them)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.models import PreviewableMixin
from wagtail.search import index

from cms.icons import IconField


class Entry(PreviewableMixin, index.Indexed, models.Model):
    """An entry of the catalogue; `slug` stands in the address."""

    name = models.CharField(_("nom"), max_length=80, unique=True)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True, help_text=_("Lettres sans accent et tirets."))
    icon = IconField(_("icône"), default="folder")
    summary = models.CharField(_("résumé"), max_length=160, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("rang"), default=0, help_text=_("Le plus petit est le premier."))

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("icon"),
        FieldPanel("summary"),
        FieldPanel("sort_order"),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]
    api_fields = [APIField("name"), APIField("slug"), APIField("icon"), APIField("summary")]

    class Meta:
        abstract = True
        ordering = ["sort_order", "name"]

    def __str__(self):
        return self.name

    def get_preview_template(self, request, mode_name):
        return "procedures/previews/entry.html"


class ProcedureTheme(Entry):
    """Water, childhood, local life …"""

    class Meta(Entry.Meta):
        verbose_name = _("thème de démarches")
        verbose_name_plural = _("thèmes de démarches")


class Situation(Entry):
    """J’emménage, j’attends un enfant, je crée une association …"""

    class Meta(Entry.Meta):
        verbose_name = _("situation")
        verbose_name_plural = _("situations")
