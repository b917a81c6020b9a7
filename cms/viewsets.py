"""Back office of the public site: snippets grouped under one entry of the menu."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from .models import AlertBanner, ContactPoint, FooterMenu, HeaderMenu, HelpSubject, OpeningHours, PublicHoliday


def _moment(moment):
    """A moment as people write it: Wagtail's column says « il y a 0 minute » of what is to come."""
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""


def _day(day):
    return date_format(day, "l j F Y")


class StatusColumn(Column):
    """Whether it is open now; the public holidays are read once for the whole list."""

    def get_cell_context_data(self, instance, parent_context):
        if "holidays" not in parent_context:
            parent_context["holidays"] = list(PublicHoliday.objects.values_list("date", "name"))
        context = super().get_cell_context_data(instance, parent_context)
        context["value"] = instance.card(holidays=parent_context["holidays"])["status"].sentence
        return context

    def get_value(self, instance):
        return ""


class AlertBannerViewSet(SnippetViewSet):
    model = AlertBanner
    icon = "warning"
    menu_label = _("Alertes")
    list_display = [
        "title",
        Column("tone", label=_("Gravité"), accessor="get_tone_display", sort_key="tone"),
        Column("starts_at", label=_("Du"), accessor=lambda alert: _moment(alert.starts_at), sort_key="starts_at"),
        Column("ends_at", label=_("Au"), accessor=lambda alert: _moment(alert.ends_at), sort_key="ends_at"),
        BooleanColumn("is_current", label=_("Affichée")),
    ]
    list_filter = ["tone"]
    ordering = ["-starts_at"]


class OpeningHoursViewSet(SnippetViewSet):
    model = OpeningHours
    icon = "time"
    menu_label = _("Horaires")
    list_display = [
        "name",
        Column("kind", label=_("Accueil"), accessor="get_kind_display", sort_key="kind"),
        StatusColumn("status", label=_("En ce moment")),
    ]
    list_filter = ["kind"]

    def get_queryset(self, request):
        return OpeningHours.objects.prefetch_related("ranges", "exceptional_dates")


class PublicHolidayViewSet(SnippetViewSet):
    model = PublicHoliday
    icon = "calendar-alt"
    menu_label = _("Jours fériés")
    list_display = [Column("date", label=_("Date"), accessor=lambda day: _day(day.date), sort_key="date"), "name"]
    ordering = ["date"]


class ContactPointViewSet(SnippetViewSet):
    model = ContactPoint
    icon = "mail"
    menu_label = _("Coordonnées")
    list_display = ["name", "free_number", "email"]


class HelpSubjectViewSet(SnippetViewSet):
    model = HelpSubject
    icon = "help"
    menu_label = _("Sujets d’aide")
    list_display = ["name", "sort_order"]


class HeaderMenuViewSet(SnippetViewSet):
    model = HeaderMenu
    icon = "bars"
    menu_label = _("Menu principal")


class FooterMenuViewSet(SnippetViewSet):
    model = FooterMenu
    icon = "list-ul"
    menu_label = _("Pied de page")


class PublicSiteGroup(SnippetViewSetGroup):
    """What editors change beside pages."""

    menu_label = _("Site public")
    menu_name = "public-site"
    menu_icon = "globe"
    menu_order = 150
    items = (
        AlertBannerViewSet,
        OpeningHoursViewSet,
        PublicHolidayViewSet,
        ContactPointViewSet,
        HelpSubjectViewSet,
        HeaderMenuViewSet,
        FooterMenuViewSet,
    )
