from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import path

from booking.enums import Act

from .. import booking_views as views
from .. import calendar_views, enrolment_views, planning_views, review_views
from .base import ResidentPage


class ReservationsPage(ResidentPage):
    """« Mes réservations » : the wizard, the planning, the list and the detail (s3.6–s3.16, s4.11–s4.13)."""

    icon = "calendar-days"
    template = "portal_pages/bookings/list.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes réservations »")
        verbose_name_plural = _("Pages « Mes réservations »")

    @classmethod
    def badge(cls, space):
        """The places offered from the waiting list: they wait for an answer, for a set time."""
        return len(space.offers)

    @path("")
    def reservations(self, request):
        return views.reservation_list(self, request)

    @path("nouvelle/")
    def new(self, request):
        return views.choose(self, request, Act.ADD)

    @path("annuler/")
    def cancel(self, request):
        return views.choose(self, request, Act.CANCEL)

    @path("semaine/")
    def family_week(self, request):
        return views.family_week(self, request)

    @path("planning/<uuid:public_id>/")
    def planning(self, request, public_id):
        return planning_views.planning(self, request, public_id)

    @path("planning/<uuid:public_id>/verifier/")
    def review(self, request, public_id):
        return review_views.review(self, request, public_id)

    @path("planning/<uuid:public_id>/confirmation/")
    def recap(self, request, public_id):
        return review_views.recap(self, request, public_id)

    @path("planning/<uuid:public_id>/abandonner/")
    def drop(self, request, public_id):
        return review_views.drop(self, request, public_id)

    @path("place/<int:day_id>/")
    def answer(self, request, day_id):
        return views.answer(self, request, day_id)

    @path("<uuid:public_id>/")
    def reservation(self, request, public_id):
        return views.reservation_detail(self, request, public_id)


class EnrolmentsPage(ResidentPage):
    """« Mes inscriptions » : a child's enrolments in activities, for a school year (s3.2)."""

    icon = "clipboard-document-check"
    template = "portal_pages/enrolments/list.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes inscriptions »")
        verbose_name_plural = _("Pages « Mes inscriptions »")

    @path("")
    def enrolments(self, request):
        return enrolment_views.enrolment_list(self, request)

    @path("demander/")
    def ask(self, request):
        return enrolment_views.ask(self, request)

    @path("demander/activites/")
    def ask_activities(self, request):
        return enrolment_views.ask_activities(self, request)

    @path("demander/verification/")
    def ask_review(self, request):
        return enrolment_views.ask_review(self, request)

    @path("agendas/")
    def calendars(self, request):
        return calendar_views.calendar_list(self, request)

    @path("agendas/<int:pk>/supprimer/")
    def revoke_calendar(self, request, pk):
        return calendar_views.revoke(self, request, pk)

    @path("<uuid:public_id>/")
    def enrolment(self, request, public_id):
        return enrolment_views.enrolment_detail(self, request, public_id)

    @path("<uuid:public_id>/retirer/")
    def withdraw(self, request, public_id):
        return enrolment_views.withdraw(self, request, public_id)
